import Loop
import Store

/// What people do with the line. A change is stored first, and then holds: one that the store refuses has not
/// happened. One follows the other, so that the line is stored as it is.
extension TaskEngine {
    /// How long one waits for those before; each of them takes as long as a write may.
    private static let patience = Duration.seconds(10)

    package func setPaused(_ isPaused: Bool) async throws(TaskError) {
        try await change { [store, workflows] desk, _ in
            do throws(StoreError) {
                try await store.write { try TaskQueueTable.setPaused(isPaused, in: $0) }
            } catch {
                return .store(error)
            }
            desk.queue.isPaused = isPaused
            desk.beginNext(by: workflows)
            return nil
        }
    }

    /// Puts a task that waits right before another, or at the end of those of its priority.
    package func move(_ id: TaskID, before other: TaskID?) async throws(TaskError) {
        try await change { [store] desk, _ in
            guard desk.queue.entry(id) != nil else { return await self.whyNotWaiting(id) }
            guard let places = desk.queue.places(of: id, before: other) else {
                return .notNow(
                    "The task \(other.map(\.text) ?? "") does not wait, or has another priority; a task moves among "
                        + "those of its own.")
            }
            let moved = desk.queue.waiting.compactMap { entry in places[entry.id].map { (entry.number, $0) } }
            do throws(StoreError) {
                try await store.write { db in
                    for (number, position) in moved { try TaskQueueTable.put(number, at: position, in: db) }
                }
            } catch {
                return .store(error)
            }
            desk.queue.move(to: places)
            return nil
        }
    }

    private func whyNotWaiting(_ id: TaskID) async -> TaskError {
        do throws(TaskError) {
            return .notNow("The task \(id) does not wait: it is \(try await record(id).status.rawValue).")
        } catch {
            return error
        }
    }

    /// Runs `body` alone among those who change the line, to its end: an asker who goes away does not leave a change
    /// that is stored and does not hold.
    private func change(
        _ body: @escaping @Sendable (TaskDesk, isolated EventLoop) async -> TaskError?
    ) async throws(TaskError) {
        try await uncancelled { [desk] () async throws(TaskError) in
            let problem = await desk.run { desk, loop -> TaskError? in
                guard await desk.turns.take(until: loop.now + Self.patience, on: loop) else {
                    return .store(.busy)
                }
                defer { desk.turns.giveBack(on: loop) }
                return await body(desk, loop)
            }
            if let problem { throw problem }
        }
        board.lineChanged()
    }

    package struct Line: Sendable {
        package let isPaused: Bool
        package let running: [TaskID]
        /// In the order in which they will begin.
        package let waiting: [TaskID]
    }

    /// Without those that are over and have yet to give back what they hold.
    package func line() async -> Line {
        await desk.run { [board] desk, _ in
            Line(
                isPaused: desk.queue.isPaused,
                running: desk.queue.running.keys.filter { board.active($0) != nil }.sorted {
                    $0.text < $1.text
                },
                waiting: desk.queue.waiting.map(\.id).filter { board.active($0) != nil })
        }
    }
}
