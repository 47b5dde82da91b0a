import Loop
import Store

/// The tasks as boards show them: those that have begun and those that wait, as many as are asked for, and the latest
/// that are over.
package struct TaskGlance: Sendable {
    package let isPaused: Bool
    /// Those that have begun, the oldest first.
    package let running: [TaskRecord]
    /// In the order in which they will begin.
    package let waiting: [TaskRecord]
    /// The newest first.
    package let finished: [TaskRecord]
    /// How many there are in all.
    package let runningCount: Int
    package let waitingCount: Int
}

/// What boards ask for.
extension TaskEngine {
    /// - Parameter most: as many that are not over, those that have begun before those that wait.
    package func glance(most: Int) async -> TaskGlance {
        let (isPaused, begun, front, waitingCount) = await desk.run { desk, _ in
            let queue = desk.queue
            return (
                queue.isPaused, Array(queue.running.keys), queue.waiting.prefix(most).map(\.id),
                queue.waiting.count
            )
        }
        let running = board.active(begun).sorted { left, right in
            let (one, other) = (left.startedAt ?? left.createdAt, right.startedAt ?? right.createdAt)
            return one != other ? one < other : left.id.text < right.id.text
        }
        let shown = running.prefix(most)
        return TaskGlance(
            isPaused: isPaused, running: Array(shown),
            waiting: board.active(front.prefix(most - shown.count)), finished: board.finished,
            runningCount: running.count, waitingCount: waitingCount)
    }

    /// What the tasks that run are doing.
    package func activities() async -> [TaskID: TaskActivity] {
        let runs = await desk.run { desk, _ in
            desk.queue.running.keys.compactMap { id in desk.runs[id].map { (id: id, run: $0) } }
        }
        return await withTaskGroup(of: (TaskID, TaskActivity).self) { group in
            for (id, run) in runs {
                group.addTask { (id, await run.run { run, loop in await run.activity(on: loop) }) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// A task with its state document, JSON; nil where there is none.
    package func whole(_ id: TaskID) async throws(TaskError) -> (record: TaskRecord, state: String)? {
        try await look { db in
            guard let task = try TaskTable.task(id, in: db) else { return nil }
            return (task.record, try TaskTable.state(of: id, in: db) ?? "{}")
        }
    }

    /// Tasks that are over, those that ended last first, and the figures of all that match.
    package func history(
        _ filter: HistoryFilter, limit: Int, offset: Int = 0
    ) async throws(TaskError) -> (tasks: [TaskRecord], figures: TaskHistory) {
        try await look { db in
            (
                try TaskTable.ended(filter, limit: limit, offset: offset, in: db),
                try TaskHistory.read(filter, in: db)
            )
        }
    }
}
