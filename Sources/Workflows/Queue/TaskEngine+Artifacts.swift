import Glibc
package import Loop
import Synchronization

/// The files that tasks keep.
extension TaskEngine {
    private static let patience = Duration.seconds(30)

    /// What a task has kept, by path; a task that is not over has kept nothing yet.
    package func artifacts(
        of id: TaskID, on loop: isolated EventLoop
    ) async throws(TaskError) -> [Artifact] {
        let workspace = try await workspace(of: id)
        let found = await offHand(within: Self.patience, on: loop) { try? workspace.listArtifacts() }
        guard let found = found ?? nil else { throw .notNow("The disk does not answer; come again later.") }
        return found
    }

    /// One of them, for reading; nil where there is none at that path.
    package func openArtifact(
        _ path: String, of id: TaskID, on loop: isolated EventLoop
    ) async throws(TaskError) -> (file: OpenedDescriptor, size: Int64)? {
        let workspace = try await workspace(of: id)
        let opened = await offHand(within: Self.patience, on: loop) { try? workspace.openArtifact(path) }
        guard let opened else { throw .notNow("The disk does not answer; come again later.") }
        return opened
    }

    private func workspace(of id: TaskID) async throws(TaskError) -> Workspace {
        _ = try await record(id)
        return Workspace(data: setting.withLock { $0.folder }, task: id)
    }
}
