import Loop

/// What the folder of a task that is over takes on the disk.
struct FolderSize: Equatable, Sendable {
    var artifacts: Int64 = 0
    /// What its phases left for a retry.
    var work: Int64 = 0

    var isEmpty: Bool { self == FolderSize() }
}

extension Workspace {
    /// Walks through all of it. A folder that its owner closed to all counts as empty. Blocks.
    func measure() -> FolderSize {
        FolderSize(artifacts: Self.bytes(below: artifacts), work: Self.bytes(below: work))
    }

    private static func bytes(below path: String) -> Int64 {
        guard let folder = try? FolderReach(path) else { return 0 }
        var sum: Int64 = 0
        var folders = ["."]
        while let path = folders.popLast() {
            for name in (try? folder.names(in: path)) ?? [] {
                let inner = path == "." ? name : "\(path)/\(name)"
                guard let found = folder.look(at: inner) else { continue }
                sum += found.bytes
                if found.kind == .folder { folders.append(inner) }
            }
        }
        return sum
    }
}
