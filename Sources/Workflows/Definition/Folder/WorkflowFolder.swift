import Glibc
import Loop
import Synchronization

/// The workflows of a folder, `*.yaml` and `*.yml`, as they were when it was last looked at.
///
/// A file with mistakes keeps its last good version in force, and is listed among the problems. A file that is
/// gone takes its workflow with it. Readers on any thread have a snapshot and never wait for the disk.
package final class WorkflowFolder: Sendable {
    /// More files are no folder that somebody looks after.
    private static let most = 1000

    private static let lost =
        "is not there, and workflows were read from it before, which stay in force: put it back, or make an empty one "
        + "where they are to go"

    package let path: String
    /// What is known of each file. Only `reload` takes it, on threads that may block.
    private let files = Mutex<[String: WorkflowFile]>([:])
    private let current = Mutex(WorkflowSnapshot())

    /// It is empty until the first `reload`.
    package init(_ path: String) { self.path = path }

    package var snapshot: WorkflowSnapshot { current.withLock { $0 } }

    /// By name.
    package var all: [Workflow] { snapshot.entries.map(\.workflow) }

    package var problems: [WorkflowProblem] { snapshot.problems }

    package func workflow(named name: String) -> Workflow? { snapshot.entry(named: name)?.workflow }

    /// Puts in force what files said in a life of the server before, until they are looked at: one that is gone takes
    /// its workflow with it then, and one with mistakes keeps it.
    ///
    /// - Parameter kept: what is known of each file, by its path; those that are not of this folder are left out.
    package func restore(_ kept: [String: KeptFile]) {
        files.withLock { files in
            for (file, kept) in kept {
                if let name = name(of: file) { files[name] = WorkflowFile(file, lastGood: kept.source) }
            }
            let owners = files.values.filter { kept[$0.path]?.hasName ?? false }
            let before = Self.snapshot(of: owners, after: snapshot, [])
            var after = Self.snapshot(of: Array(files.values), after: before, [])
            // They are found again, and said, when the folder is looked at.
            after.problems = []
            current.withLock { $0 = after }
        }
    }

    /// What a file with this path is called in the folder; nil where it is no workflow of it.
    package func name(of file: String) -> String? {
        guard file.hasPrefix("\(path)/") else { return nil }
        let name = String(file.dropFirst(path.count + 1))
        return WorkflowFile.isWorkflow(name) && !name.contains("/") ? name : nil
    }

    /// Looks at the folder again, reads what has changed, and says what became of that. It blocks.
    @discardableResult
    package func reload() -> WorkflowChanges {
        files.withLock { files in
            var problems: [WorkflowProblem] = []
            do throws(SystemError) {
                var names = try FolderListing.names(in: path).filter(WorkflowFile.isWorkflow)
                if names.count > Self.most {
                    let what = "holds \(names.count) workflows: the first \(Self.most) are read"
                    problems.append(WorkflowProblem(file: path, sentence: what))
                    names = Array(names.prefix(Self.most))
                }
                let kept = Set(names)
                files = files.filter { kept.contains($0.key) }
                for name in names {
                    files[name, default: WorkflowFile("\(path)/\(name)")].look()
                }
            } catch {
                // What was read stays in force: a disk that is away for a moment must not end anybody's work.
                let isLost = error.code == ENOENT && !files.isEmpty
                let what = isLost ? Self.lost : "cannot be read: \(error)"
                problems.append(WorkflowProblem(file: path, sentence: what))
            }
            let before = snapshot
            let after = Self.snapshot(of: Array(files.values), after: before, problems)
            current.withLock { $0 = after }
            return after.changes(since: before)
        }
    }

    /// Gives each name to one file: to that which had it, else to the first by its own name.
    private static func snapshot(
        of files: [WorkflowFile], after before: WorkflowSnapshot, _ problems: [WorkflowProblem]
    ) -> WorkflowSnapshot {
        let holders = Dictionary(uniqueKeysWithValues: before.entries.map { ($0.workflow.name, $0.file) })
        let ordered = files.sorted { $0.path < $1.path }
        var owners: [String: WorkflowFile] = [:]
        for file in ordered {
            guard let name = file.workflow?.name else { continue }
            if owners[name] == nil || holders[name] == file.path { owners[name] = file }
        }
        var snapshot = WorkflowSnapshot(problems: problems)
        for file in ordered {
            snapshot.problems += file.problems
            guard let workflow = file.workflow, let source = file.source, let owner = owners[workflow.name]
            else { continue }
            snapshot.files[file.path] = KeptFile(source: source, hasName: owner.path == file.path)
            guard owner.path == file.path else {
                let what = "`\(workflow.name)` is already the name of \(owner.path): choose another"
                snapshot.problems.append(WorkflowProblem(file: file.path, key: "name", sentence: what))
                continue
            }
            snapshot.entries.append(
                WorkflowSnapshot.Entry(
                    workflow: workflow, source: source, file: file.path, isCurrent: file.problems.isEmpty))
        }
        snapshot.entries.sort { $0.workflow.name < $1.workflow.name }
        return snapshot
    }
}
