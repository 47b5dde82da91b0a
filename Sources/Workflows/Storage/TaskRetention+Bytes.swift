import Store

/// The bounds of bytes that the disk is watched for often: what is asked costs one row where they hold.
extension TaskRetention {
    /// Takes away the tasks that ended first, whole, until what those that are over said and keep is within the bound.
    /// What those say that are not over takes no other's place.
    func removeTasks(toBytes bound: Int64, sparing read: Set<Int64>) async throws(StoreError) -> [TaskID] {
        var all: [TaskID] = []
        var place: (ended: Int64, number: Int64) = (.min, .min)
        while !Task.isCancelled {
            let (ended, number) = place
            let (excess, oldest) = try await store.read { db in
                let total = try TaskSizeTable.total(in: db)
                var excess = total.events + total.artifacts - bound
                if excess > 0 { excess -= try TaskSizeTable.unfinishedEvents(in: db) }
                guard excess > 0 else { return (excess, [Candidate]()) }
                return (excess, try Self.oldest(behind: ended, number, in: db))
            }
            guard let last = oldest.last else { break }
            var sum: Int64 = 0
            var part: [Candidate] = []
            for task in oldest where sum < excess && !read.contains(task.number) {
                sum += task.bytes
                part.append(task)
            }
            let gone = part
            if !gone.isEmpty {
                try await store.write { db in
                    for task in gone { try TaskTable.remove(task.number, in: db) }
                }
                let ids = gone.compactMap { TaskID($0.id) }
                all += ids
                await removed(ids)
            }
            place = (last.ended, last.number)
        }
        return all
    }

    private struct Candidate: Sendable {
        let number: Int64
        let id: String
        let ended: Int64
        let bytes: Int64
    }

    private static func oldest(
        behind ended: Int64, _ number: Int64, in db: borrowing ReadConnection
    ) throws -> [Candidate] {
        try db.all(
            """
            select t.number, t.id, t.ended, l.bytes + coalesce(s.artifacts, 0)
            from task t indexed by task_ended join task_log l on l.task = t.number
                left join task_size s on s.task = t.number
            where t.ended is not null and (t.ended, t.number) > (?, ?) order by t.ended, t.number limit ?
            """, ended, number, batch
        ) { row in
            Candidate(number: try row[0], id: try row[1], ended: try row[2], bytes: try row[3])
        }
    }
}
