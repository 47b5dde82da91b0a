import Loop
package import Store
import Synchronization

/// What is done again and again while the server runs.
extension TaskEngine {
    /// Looks for changed definitions; nil where the disk did not answer in time, or nothing has changed.
    package func reloadWorkflows() async -> WorkflowChanges? {
        let workflows = workflows
        let changes = await offHand(within: .seconds(10), on: home) { workflows.reload() }
        guard let changes, !changes.isEmpty else { return nil }
        await desk.run { desk, _ in desk.beginNext(by: workflows) }
        board.lineChanged()
        return changes
    }

    /// Takes away what need not be kept.
    package func shorten(to bounds: TaskRetention.Bounds) async throws(StoreError) {
        let report = try await TaskRetention(in: store).shorten(
            to: bounds, at: .now, sparing: logs.readNumbers)
        let folder = setting.withLock { $0.folder }
        let gone = report.tasks
        board.remove(Set(gone))
        _ = await offHand(within: .seconds(60), on: home) {
            for id in gone { try? Workspace(data: folder, task: id).remove() }
        }
    }
}
