package import Loop
package import Store

/// A task as it is stored.
package struct StoredTask: Equatable, Sendable {
    /// In the order of submission.
    package let number: Int64
    package let record: TaskRecord
    /// The first entry that is kept of its log, and the last.
    package let firstSeq: UInt64
    package let lastSeq: UInt64
    /// Under which number that is stored what it does; nil for one of a time before that was done.
    package let definition: Int64?

    package init(
        number: Int64, record: TaskRecord, firstSeq: UInt64, lastSeq: UInt64, definition: Int64? = nil
    ) {
        self.number = number
        self.record = record
        self.firstSeq = firstSeq
        self.lastSeq = lastSeq
        self.definition = definition
    }
}

/// Which tasks a list shows. What is nil lets all through.
package struct TaskFilter: Equatable, Sendable {
    package var statuses: Set<TaskStatus>?
    package var workflow: String?
    package var owner: String?
    /// Is somewhere in the title, the requirement, the workflow's name or the id, whatever its case.
    package var text: String?
    package var createdFrom: Timestamp?
    /// Not at this time any more.
    package var createdBefore: Timestamp?

    package init(
        statuses: Set<TaskStatus>? = nil, workflow: String? = nil, owner: String? = nil, text: String? = nil,
        createdFrom: Timestamp? = nil, createdBefore: Timestamp? = nil
    ) {
        self.statuses = statuses
        self.workflow = workflow
        self.owner = owner
        self.text = text
        self.createdFrom = createdFrom
        self.createdBefore = createdBefore
    }

    /// The statuses in one text: no name of a status is in that of another.
    fileprivate var statusText: String? {
        statuses.map { $0.map(\.rawValue).sorted().joined(separator: " ") }
    }
}

/// One page of a list.
package struct TaskPage: Equatable, Sendable {
    package let tasks: [StoredTask]
    /// How many match in all.
    package let total: Int
    /// The cursor of the next page: give it as `before`. Nil where this was the last.
    package let next: Int64?
}

extension TaskTable {
    /// How those of `tasks` stand that are there.
    static func statuses(of tasks: [TaskID], in db: borrowing ReadConnection) throws -> [TaskID: TaskStatus] {
        var statuses: [TaskID: TaskStatus] = [:]
        for id in tasks {
            statuses[id] = try db.first("select status from task where id = ?", id.text) {
                try status($0[0, as: String.self])
            }
        }
        return statuses
    }

    package static func task(_ id: TaskID, in db: borrowing ReadConnection) throws -> StoredTask? {
        try db.first(
            """
            select t.number, r.record, l.first, l.last, r.definition from task t
            join task_record r on r.task = t.number join task_log l on l.task = t.number where t.id = ?
            """, id.text, make: stored)
    }

    /// All that are not over, in the order of submission.
    package static func unfinished(in db: borrowing ReadConnection) throws -> [StoredTask] {
        try db.all(
            """
            select t.number, r.record, l.first, l.last, r.definition
            from task t indexed by task_unfinished
            join task_record r on r.task = t.number join task_log l on l.task = t.number
            where t.status in ('PENDING', 'RUNNING') order by t.number
            """, make: stored)
    }

    /// Those that match, the newest first, at most `limit` from before `cursor` on. Tasks that come meanwhile
    /// change no later page.
    package static func list(
        _ filter: TaskFilter, before cursor: Int64? = nil, limit: Int, in db: borrowing ReadConnection
    ) throws -> TaskPage {
        let text = filter.text?.lowercased()
        // The planner shall walk over the small rows, and look for the record of those that match only.
        let tasks = try db.all(
            """
            select t.number, r.record, l.first, l.last, r.definition
            from task t cross join task_record r on r.task = t.number cross join task_log l on l.task = t.number
            where t.number < ?1 and (?2 is null or instr(?2, t.status) > 0) and (?3 is null or t.workflow = ?3)
                and (?4 is null or t.owner = ?4) and (?5 is null or instr(t.search, ?5) > 0)
                and (?6 is null or t.created >= ?6) and (?7 is null or t.created < ?7)
            order by t.number desc limit ?8
            """, cursor ?? .max, filter.statusText, filter.workflow, filter.owner, text,
            filter.createdFrom?.milliseconds, filter.createdBefore?.milliseconds, limit + 1, make: stored)
        let total = try db.first(
            """
            select count(*) from task
            where (?1 is null or instr(?1, status) > 0) and (?2 is null or workflow = ?2)
                and (?3 is null or owner = ?3) and (?4 is null or instr(search, ?4) > 0)
                and (?5 is null or created >= ?5) and (?6 is null or created < ?6)
            """, filter.statusText, filter.workflow, filter.owner, text, filter.createdFrom?.milliseconds,
            filter.createdBefore?.milliseconds
        ) { try $0[0, as: Int.self] }
        let shown = Array(tasks.prefix(limit))
        return TaskPage(tasks: shown, total: total ?? 0, next: tasks.count > limit ? shown.last?.number : nil)
    }

    private static func stored(_ row: borrowing Row) throws -> StoredTask {
        StoredTask(
            number: try row[0], record: try EncodedTask.decode(row[1]),
            firstSeq: UInt64(clamping: try row[2, as: Int64.self]),
            lastSeq: UInt64(clamping: try row[3, as: Int64.self]), definition: try row[4])
    }
}
