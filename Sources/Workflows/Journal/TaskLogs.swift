package import Loop
package import Sessions
package import Store
import Synchronization

/// The log of any task, for whoever wants to read it, from any loop.
///
/// Tasks that are not over have theirs from their journals. That of a task that is over is made when somebody comes,
/// ended from the start, shared, and gone when nobody holds it any more: readers hold the `SharedLog` for as long as
/// they read.
package final class TaskLogs: Sendable {
    private struct Finished {
        weak var log: SharedLog?
        let number: Int64
    }

    private struct State {
        var living: [TaskID: SharedLog] = [:]
        var finished: [TaskID: Finished] = [:]
    }

    /// What all these logs have on its way.
    package let errands = Errands()
    private let store: Store
    private let state = Mutex(State())

    package init(_ store: Store) { self.store = store }

    /// The log of a task that is not over: before anybody is told of the task.
    package func register(_ log: SharedLog, of id: TaskID) { state.withLock { $0.living[id] = log } }

    /// The task is over, and its log has ended. Who holds the log still shares it with who comes.
    package func retire(_ id: TaskID, number: Int64) {
        state.withLock { state in
            guard let log = state.living.removeValue(forKey: id) else { return }
            state.finished[id] = Finished(log: log, number: number)
        }
    }

    /// Nil where there is no such task, or one that is not over and that nobody has registered.
    ///
    /// - Parameter loop: where the log lives if it has to be made.
    package func log(of id: TaskID, on loop: EventLoop) async throws(StoreError) -> SharedLog? {
        if let log = open(id) { return log }
        let stored = try await store.read { try TaskTable.task(id, in: $0) }
        guard let stored, stored.record.status.isOver else { return open(id) }
        let made = SharedLog(
            TaskJournal.window, archive: TaskArchive(of: stored.number, in: store), keptFrom: stored.firstSeq,
            startingAt: stored.lastSeq + 1, errands: errands, on: loop)
        await made.end(Ending(.completed, "Task completed"))
        return state.withLock { state in
            if let log = state.living[id] ?? state.finished[id]?.log { return log }
            state.finished = state.finished.filter { $0.value.log != nil }
            state.finished[id] = Finished(log: made, number: stored.number)
            return made
        }
    }

    private func open(_ id: TaskID) -> SharedLog? {
        state.withLock { $0.living[id] ?? $0.finished[id]?.log }
    }

    /// The finished tasks whose logs somebody holds: their events are not to be removed now.
    package var readNumbers: Set<Int64> {
        state.withLock { state in
            state.finished = state.finished.filter { $0.value.log != nil }
            return Set(state.finished.values.map(\.number))
        }
    }

    /// Waits until nothing of any log touches its loop any more: when all have ended or lost their readers.
    package func drain() async { await errands.drain() }
}
