import Loop
import Sessions
package import Store
import Synchronization

extension TaskEngine {
    /// What was found of an earlier life of the server.
    package struct Recovery: Equatable, Sendable {
        /// Processes that it had left, which are gone now.
        package var processes = 0
        /// Tasks that ran then: failed, or in the line again.
        package var interrupted = 0
        package var putBack = 0
        /// Tasks that go on waiting.
        package var waiting = 0

        package var isEmpty: Bool { self == Recovery() }
    }

    /// Brings every task into a definite state, before anybody can ask for one: what ran when the server ended is
    /// FAILED, or in the line again where its workflow says so. No process of an earlier life is left. None begins before
    /// `begin`.
    package func start() async throws(StoreError) -> Recovery {
        var recovery = Recovery()
        recovery.processes = try await endLeftovers()
        try await store.write { try TaskQueueTable.forget(in: $0) }
        let (stored, positions, isPaused, latest) = try await store.read { db in
            (
                try TaskTable.unfinished(in: db), try TaskQueueTable.positions(in: db),
                try TaskQueueTable.isPaused(in: db),
                try TaskTable.list(
                    TaskFilter(statuses: [.succeeded, .failed, .cancelled]), limit: TaskBoard.latest, in: db)
            )
        }
        board.fill(latest.tasks.map(\.record))
        // Who was submitted to go on from a phase needs what was left before it.
        await clearFolders(of: stored.filter { !$0.record.goesOn }.map(\.record.id))
        let first = stored.compactMap { positions[$0.number] }.min()
        await desk.run { desk, _ in
            desk.queue.isPaused = isPaused
            if let first { desk.queue.resume(at: first) }
        }
        var known: [KeptDefinition: Result<Workflow, DefinitionError>] = [:]
        for task in stored {
            let definition = try await definition(of: task, known: &known)
            let settled = try await settle(task, doing: try? definition.get())
            guard !settled.record.status.isOver else {
                recovery.interrupted += 1
                continue
            }
            if task.record.status == .running { recovery.putBack += 1 } else { recovery.waiting += 1 }
            await enlist(settled, doing: definition, at: positions[task.number] ?? 0)
        }
        return recovery
    }

    /// Lets begin whose turn it is: everything is there that the tasks' ends will be told to.
    package func begin() async {
        await desk.run { [workflows] desk, _ in
            desk.isHeld = false
            desk.beginNext(by: workflows)
        }
    }

    private func endLeftovers() async throws(StoreError) -> Int {
        let lives = try await store.read { try TaskQueueTable.lives(in: $0) }
        let own = Nursery.life
        try await store.write { try TaskQueueTable.beginLife(own, in: $0) }
        guard !lives.isEmpty else { return 0 }
        let report = await offHand(within: .seconds(20), on: home) {
            Leftovers.end(of: lives, within: .seconds(10))
        }
        guard let report, report.remaining == 0 else { return report?.ended ?? 0 }
        try await store.write { try TaskQueueTable.endLives(lives.filter { $0 != own }, in: $0) }
        return report.ended
    }

    /// Who begins anew finds nothing of the time before.
    private func clearFolders(of tasks: [TaskID]) async {
        guard !tasks.isEmpty else { return }
        let folder = setting.withLock { $0.folder }
        _ = await offHand(within: .seconds(30), on: home) {
            for id in tasks { try? Workspace(data: folder, task: id).removeScratch() }
        }
    }

    /// A task that ran when the server ended is over, or waits again; one that waited and was cancelled is over.
    private func settle(_ task: StoredTask, doing workflow: Workflow?) async throws(StoreError) -> StoredTask
    {
        guard task.record.status == .running || task.record.isCancelling else { return task }
        var record = task.record
        if record.status == .pending {
            record.end(as: TaskOutcome(.cancelled, .cancelled, "Cancelled."), at: .now)
        } else if record.isCancelling {
            record.end(
                as: TaskOutcome(.cancelled, .cancelled, "Cancelled; the server ended meanwhile."), at: .now)
        } else if workflow?.onInterrupt == .retry {
            record.beginAnew()
        } else {
            record.end(
                as: TaskOutcome(.failed, .interrupted, "The server ended while it ran."), at: .now)
        }
        let (settled, number, endings) = (record, task.number, endings)
        try await store.write { db in
            let encoded = try EncodedTask(settled)
            let row = JournalRow(
                frames: JournalRow.stateFrame(task.lastSeq + 1, at: .now, encoded.json),
                change: JournalRow.Change(task: encoded, from: task.record.status, patches: []))
            _ = try JournalRow.write([row], of: number, at: .now, addingTo: endings, into: db)
        }
        if record.status.isOver { board.put(record) }
        return StoredTask(
            number: number, record: record, firstSeq: task.firstSeq, lastSeq: task.lastSeq + 1,
            definition: task.definition)
    }
}
