import Loop
package import Store
import Synchronization

/// What tasks are to do: for new ones, what the folder of the workflows says; for each that was accepted, what it said
/// then.
extension TaskEngine {
    /// Whether an earlier life of the server has read something from the folder of the workflows. One that is not there
    /// then is away, and not to be made.
    package func hasReadWorkflows() async throws(StoreError) -> Bool {
        let workflows = workflows
        return try await store.read { db in
            try DefinitionTable.files(in: db).keys.contains { workflows.name(of: $0) != nil }
        }
    }

    /// Reads the workflows for the first time. A file with mistakes has the last good version of the server's life
    /// before. Nil where the disk did not answer in time: then all have, until it does.
    package func openWorkflows() async throws(StoreError) -> WorkflowChanges? {
        let kept = try await store.read { try DefinitionTable.files(in: $0) }
        keptFiles.withLock { $0 = kept }
        let workflows = workflows
        let changes = await offHand(within: .seconds(30), on: home) {
            workflows.restore(kept)
            return workflows.reload()
        }
        if changes != nil { await keepFiles() }
        return changes
    }

    /// Looks for changed definitions; nil where the disk did not answer in time, or nothing has changed.
    package func reloadWorkflows() async -> WorkflowChanges? {
        let workflows = workflows
        let changes = await offHand(within: .seconds(10), on: home) { workflows.reload() }
        guard let changes else { return nil }
        await keepFiles()
        guard !changes.isEmpty else { return nil }
        await desk.run { desk, _ in desk.beginNext(by: workflows) }
        board.lineChanged()
        return changes
    }

    /// Stores what is known of files, for the next life. What the store does not take now it is given again with
    /// the next look; that it takes nothing is said elsewhere.
    private func keepFiles() async {
        let (good, kept) = (workflows.snapshot.files, keptFiles.withLock { $0 })
        guard good != kept else { return }
        let changed = good.filter { kept[$0.key] != $0.value }
        let gone = kept.keys.filter { good[$0] == nil }
        do throws(StoreError) {
            try await store.write { try DefinitionTable.keep(changed, forgetting: gone, in: $0) }
            keptFiles.withLock { $0 = good }
        } catch {}
    }

    /// What a task of an earlier life does.
    ///
    /// - Parameter known: what was asked for before: ten thousand tasks of one workflow have it read once.
    func definition(
        of task: StoredTask, known: inout [KeptDefinition: Result<Workflow, DefinitionError>]
    ) async throws(StoreError) -> Result<Workflow, DefinitionError> {
        let name = task.record.workflow
        guard let number = task.definition else {
            return workflows.workflow(named: name).map(Result.success) ?? .failure(.gone(name))
        }
        let key = KeptDefinition(number: number, name: name)
        if let definition = known[key] { return definition }
        let source = try await store.read { try DefinitionTable.source(number, in: $0) }
        let definition = source?.workflow(named: name) ?? .failure(.gone(name))
        known[key] = definition
        return definition
    }
}

/// One text may define workflows of several names: those of its files.
struct KeptDefinition: Hashable {
    let number: Int64
    let name: String
}
