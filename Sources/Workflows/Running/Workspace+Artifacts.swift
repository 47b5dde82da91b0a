import Glibc
package import Loop

/// A file that a task keeps.
package struct Artifact: Equatable, Sendable {
    /// Below `artifacts/`.
    package let path: String
    package let size: Int64
}

/// How much a task may keep.
package struct ArtifactBounds: Sendable {
    package var count: Int
    package var bytes: Int64

    package init(count: Int = 1_000, bytes: Int64 = 1 << 30) {
        self.count = count
        self.bytes = bytes
    }
}

/// What was kept, and why not more.
package struct ArtifactReport: Equatable, Sendable {
    package internal(set) var kept: [Artifact] = []
    /// For whoever wrote the workflow.
    package internal(set) var mistakes: [String] = []
}

extension Workspace {
    /// So many files and folders are looked at, however few are kept.
    private static let mostVisited = 100_000

    /// Copies the files below `work/` that fit one of `patterns` to `artifacts/`, each to the same relative path.
    /// Links, pipes and devices are no files. What was kept before counts towards the bounds.
    package func keepArtifacts(
        matching patterns: [String], within bounds: ArtifactBounds = ArtifactBounds()
    ) throws(SystemError) -> ArtifactReport {
        var report = ArtifactReport()
        var globs: [Glob] = []
        for pattern in patterns {
            if let glob = Glob(pattern) {
                globs.append(glob)
            } else {
                report.mistakes.append(
                    "artifacts: `\(pattern)` leads out of the task's folder; name paths below it, without `..`"
                )
            }
        }
        let before = try listArtifacts()
        var sizes = Dictionary(before.map { ($0.path, $0.size) }) { first, _ in first }
        let source = try FolderReach(work)
        let target = try FolderReach(artifacts)
        for path in Self.files(in: source, globs, &report) {
            guard sizes[path] != nil || sizes.count < bounds.count else {
                report.mistakes.append("artifacts: there are more than \(bounds.count) files; keep fewer")
                break
            }
            let room = bounds.bytes - sizes.filter { $0.key != path }.values.reduce(0, +)
            do throws(SystemError) {
                guard let size = try Self.copy(path, from: source, to: target, most: room) else {
                    sizes[path] = nil
                    report.mistakes.append(
                        "artifacts: `\(path)` is not kept, since all together may have \(bounds.bytes) bytes")
                    continue
                }
                sizes[path] = size
                report.kept.append(Artifact(path: path, size: size))
            } catch {
                if error.code == ENOSPC || error.code == EDQUOT { throw error }
                report.mistakes.append("artifacts: `\(path)` cannot be kept: \(error)")
            }
        }
        return report
    }

    /// What is kept, by path.
    package func listArtifacts() throws(SystemError) -> [Artifact] {
        let folder: FolderReach
        do throws(SystemError) {
            folder = try FolderReach(artifacts)
        } catch  where error.code == ENOENT {
            return []
        }
        var found: [Artifact] = []
        var report = ArtifactReport()
        for path in Self.files(in: folder, nil, &report) {
            guard let file = try? folder.openFile(path) else { continue }
            close(file.raw)
            found.append(Artifact(path: path, size: file.size))
        }
        return found
    }

    /// Opens one for reading. Nothing but a plain file below `artifacts/` is ever opened.
    package func openArtifact(_ path: String) throws(SystemError) -> (file: OpenedDescriptor, size: Int64) {
        let folder = try FolderReach(artifacts)
        let file = try folder.openFile(path)
        return (OpenedDescriptor(file.raw), file.size)
    }

    /// The plain files below a folder that fit one of `globs`, or all, in the order of their paths.
    private static func files(
        in folder: FolderReach, _ globs: [Glob]?, _ report: inout ArtifactReport
    ) -> [String] {
        var files: [String] = []
        var folders = [""]
        var visited = 0
        while let path = folders.popLast() {
            // One that is gone or may not be read has nothing to keep.
            for name in (try? folder.names(in: path.isEmpty ? "." : path)) ?? [] {
                visited += 1
                guard visited <= mostVisited else {
                    report.mistakes.append(
                        "artifacts: only the first \(mostVisited) files were looked at; name their folders")
                    return files.sorted()
                }
                let inner = path.isEmpty ? name : "\(path)/\(name)"
                switch folder.kind(of: inner) {
                case .folder where globs?.contains(where: { $0.mayMatch(below: inner) }) ?? true:
                    folders.append(inner)
                case .file where globs?.contains(where: { $0.matches(inner) }) ?? true: files.append(inner)
                default: break
                }
            }
        }
        return files.sorted()
    }

    /// How many bytes were copied; nil when there are more than `most`, and nothing is left then.
    private static func copy(
        _ path: String, from source: FolderReach, to target: FolderReach, most: Int64
    ) throws(SystemError) -> Int64? {
        let file = try source.openFile(path)
        defer { close(file.raw) }
        guard file.size <= most else { return nil }
        let copy = try target.makeFile(path)
        defer { close(copy) }
        do throws(SystemError) {
            if let size = try pour(file.raw, copy, most: most) { return size }
        } catch {
            try? target.remove(path)
            throw error
        }
        try target.remove(path)
        return nil
    }

    /// It may grow while it is read, so its size says nothing.
    private static func pour(_ source: CInt, _ target: CInt, most: Int64) throws(SystemError) -> Int64? {
        var chunk = [UInt8](repeating: 0, count: 256 << 10)
        var total: Int64 = 0
        while true {
            let count = unsafe Glibc.read(source, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("read") }
            if count == 0 { return total }
            total += Int64(count)
            if total > most { return nil }
            var written = 0
            while written < count {
                let step = unsafe chunk.withUnsafeBytes {
                    unsafe Glibc.write(target, $0.baseAddress! + written, count - written)
                }
                if step < 0, errno == EINTR { continue }
                guard step >= 0 else { throw SystemError("write") }
                written += step
            }
        }
    }
}
