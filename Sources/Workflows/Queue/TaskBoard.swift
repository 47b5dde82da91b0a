import Synchronization

/// All tasks that are not over, and the latest that are, as they are stored: what feeds and lists show of them.
/// Whoever shows it is told of each change, from whichever thread.
package final class TaskBoard: Sendable {
    /// So many that are over stay on it.
    package static let latest = 20

    private struct State {
        var active: [TaskID: TaskRecord] = [:]
        var finished: [TaskRecord] = []
        var removals = 0
        var observers: [@Sendable (TaskRecord?) -> Void] = []
    }

    private let state = Mutex(State())

    /// `observer` must not wait. It is told of nil when the line has changed and no task.
    package func observe(_ observer: @escaping @Sendable (TaskRecord?) -> Void) {
        state.withLock { $0.observers.append(observer) }
    }

    func put(_ record: TaskRecord) {
        let observers = state.withLock { state in
            if record.status.isOver {
                state.active[record.id] = nil
                state.finished.insert(record, at: 0)
                if state.finished.count > Self.latest { state.finished.removeLast() }
            } else {
                state.active[record.id] = record
            }
            return state.observers
        }
        for observer in observers { observer(record) }
    }

    /// It is paused, or goes on, or its order is another.
    func lineChanged() {
        for observer in state.withLock({ $0.observers }) { observer(nil) }
    }

    /// Those that ended before the server started, the newest first.
    func fill(_ finished: [TaskRecord]) {
        state.withLock { $0.finished = Array(finished.prefix(Self.latest)) }
    }

    /// They are deleted.
    func remove(_ ids: Set<TaskID>) {
        guard !ids.isEmpty else { return }
        state.withLock { state in
            state.finished.removeAll { ids.contains($0.id) }
            state.removals += 1
        }
        lineChanged()
    }

    package func active(_ id: TaskID) -> TaskRecord? { state.withLock { $0.active[id] } }
    package var activeCount: Int { state.withLock { $0.active.count } }
    /// The latest that are over, the newest first.
    package var finished: [TaskRecord] { state.withLock { $0.finished } }
    /// How often some were deleted.
    package var removals: Int { state.withLock { $0.removals } }

    /// Those of `ids` that are not over, in that order.
    func active(_ ids: some Sequence<TaskID>) -> [TaskRecord] {
        state.withLock { state in ids.compactMap { state.active[$0] } }
    }

    /// Those that are not over, the oldest first, and the latest that are, the newest first.
    package var all: (active: [TaskRecord], finished: [TaskRecord]) {
        let (active, finished) = state.withLock { (Array($0.active.values), $0.finished) }
        let sorted = active.sorted {
            $0.createdAt != $1.createdAt ? $0.createdAt < $1.createdAt : $0.id.text < $1.id.text
        }
        return (sorted, finished)
    }
}
