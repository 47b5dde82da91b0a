package import Loop
package import Store

/// Takes away what need not be kept of tasks that are over: whole tasks by age, number and bytes, the events of the
/// oldest where all events together are too many bytes. In batches, so that nobody else who writes waits for longer than
/// one of them takes.
package struct TaskRetention: Sendable {
    package struct Bounds: Equatable, Sendable {
        /// How long a task that is over is kept.
        package var age: Duration?
        /// How many of those that are over.
        package var count: Int?
        /// How many bytes of events, in all.
        package var eventBytes: Int64?
        /// How many bytes of events and artifacts, in all.
        package var bytes: Int64?
        /// How many bytes of what phases left for a retry, in all.
        package var workBytes: Int64?

        package init(
            age: Duration? = nil, count: Int? = nil, eventBytes: Int64? = nil, bytes: Int64? = nil,
            workBytes: Int64? = nil
        ) {
            self.age = age
            self.count = count
            self.eventBytes = eventBytes
            self.bytes = bytes
            self.workBytes = workBytes
        }
    }

    /// What was taken away.
    package struct Report: Equatable, Sendable {
        package var tasks: [TaskID] = []
        /// Tasks that are still there, but of whose log only the last entry is.
        package var logs = 0
        /// Tasks that are still there, but cannot be gone on from one of their phases any more.
        package var work = 0

        package var isEmpty: Bool { self == Report() }
    }

    /// Most tasks, and about as many bytes of events, that go in one batch.
    static let batch = 100
    private static let batchBytes = 4 << 20

    let store: Store
    /// Is told of tasks that are gone, batch by batch: those stay gone where a later one fails.
    let removed: @Sendable ([TaskID]) async -> Void

    package init(in store: Store, removed: @escaping @Sendable ([TaskID]) async -> Void = { _ in }) {
        self.store = store
        self.removed = removed
    }

    /// - Parameter read: the numbers of tasks whose logs are being read (`TaskLogs.readNumbers`): they stay for now.
    package func shorten(
        to bounds: Bounds, at now: Timestamp, sparing read: Set<Int64> = []
    ) async throws(StoreError) -> Report {
        var report = Report()
        if let age = bounds.age {
            let time = Timestamp(milliseconds: now.milliseconds - age.milliseconds)
            report.tasks += try await removeTasks(endedBefore: time, beyond: 0, sparing: read)
        }
        if let count = bounds.count {
            report.tasks += try await removeTasks(endedBefore: nil, beyond: count, sparing: read)
        }
        if let bytes = bounds.bytes {
            report.tasks += try await removeTasks(toBytes: bytes, sparing: read)
        }
        try await sweep()
        if let bytes = bounds.eventBytes { report.logs = try await removeEvents(to: bytes, sparing: read) }
        let oldest = now.milliseconds - TaskTable.requestsKept.milliseconds
        while try await store.write({ db in
            try db.run(
                """
                delete from task_request where (owner, key) in (
                    select owner, key from task_request where at <= ? limit 500)
                """, oldest)
        }) == 500 {}
        return report
    }

    /// Takes away the events of tasks that are gone, and the definitions that they were the last to refer to.
    package func sweep() async throws(StoreError) {
        while try await store.write({ try EventTable.sweep(Self.batchBytes, in: $0) }) {}
        while try await store.write({ try DefinitionTable.sweep(in: $0) }) {}
    }

    private func removeTasks(
        endedBefore time: Timestamp?, beyond count: Int, sparing read: Set<Int64>
    ) async throws(StoreError) -> [TaskID] {
        let tasks = try await store.read { db in
            try db.all(
                """
                select number, id from (select number, id, ended from task indexed by task_ended
                    where ended is not null order by ended desc limit -1 offset ?2)
                where ?1 is null or ended < ?1 order by ended
                """, time?.milliseconds, count
            ) { row in (number: try row[0, as: Int64.self], id: try row[1, as: String.self]) }
        }.filter { !read.contains($0.number) }
        for start in stride(from: 0, to: tasks.count, by: Self.batch) {
            let part = tasks[start..<min(start + Self.batch, tasks.count)]
            try await store.write { db in
                for task in part { try TaskTable.remove(task.number, in: db) }
            }
            await removed(part.compactMap { TaskID($0.id) })
        }
        return tasks.compactMap { TaskID($0.id) }
    }

    /// The oldest lose their events first, but for the last, which tells how the task ended.
    private func removeEvents(to bytes: Int64, sparing read: Set<Int64>) async throws(StoreError) -> Int {
        var (excess, candidates) = try await store.read { db in
            let excess = try TaskSizeTable.total(in: db).events - bytes
            guard excess > 0 else { return (excess, [Int64]()) }
            let tasks = try db.all(
                """
                select t.number from task t indexed by task_ended join task_log l on l.task = t.number
                where t.ended is not null and l.first < l.last order by t.ended
                """
            ) { try $0[0, as: Int64.self] }
            return (excess, tasks)
        }
        var count = 0
        candidates.removeAll { read.contains($0) }
        for task in candidates where excess > 0 {
            count += 1
            var removed = 0
            repeat {
                removed = try await store.write { try Self.shortenLog(of: task, in: $0) }
                excess -= Int64(removed)
            } while removed > 0
        }
        return count
    }

    /// One batch; says how many bytes it was.
    private static func shortenLog(of task: Int64, in db: borrowing WriteConnection) throws -> Int {
        let last = try db.first("select last from task_log where task = ?", task) {
            try $0[0, as: Int64.self]
        }
        guard let last else { return 0 }
        let removed = try EventTable.removeOldest(batchBytes, of: task, before: last, in: db)
        guard removed.rows > 0 else { return 0 }
        try db.run(
            "update task_log set first = ?, bytes = bytes - ? where task = ?", removed.last + 1,
            removed.bytes,
            task)
        return removed.bytes
    }
}
