import Loop
import Sessions
package import Store

/// The tasks. Their status changes by compare-and-swap, and one that is over never changes again.
///
/// The columns of `task` are what is searched and sorted by, so that its rows are small; the record itself, and the
/// state document, have tables of their own.
package enum TaskTable {
    package static let migrations = own + DefinitionTable.migrations + TaskSizeTable.migrations

    private static let own = [
        Migration(
            9, "task",
            """
            create table task(
                number integer primary key autoincrement,
                id text not null unique,
                workflow text not null, status text not null, owner text, origin text not null,
                priority integer not null,
                created integer not null, started integer, ended integer, duration integer,
                tokens real not null, cost real not null,
                search text not null
            ) strict;
            create index task_unfinished on task(number) where status in ('PENDING', 'RUNNING');
            create index task_ended on task(ended) where ended is not null;
            -- All that history asks, so that it need not look at the rows.
            create index task_history on task(workflow, status, ended, duration, tokens, cost)
            where ended is not null;

            create table task_record(task integer primary key, record text not null) strict;
            create table task_state(task integer primary key, document text not null) strict;
            """),
        Migration(
            10, "task_request",
            """
            create table task_request(
                owner text not null, key text not null, fingerprint text not null,
                task integer not null, id text not null, at integer not null,
                primary key (owner, key)
            ) strict, without rowid;
            create index task_request_at on task_request(at);
            create index task_request_task on task_request(task);
            """),
        Migration(
            12, "task_search",
            """
            -- The same as task_history for who looks for a text: the rows lie in another order.
            create index task_search on task(workflow, status, ended, duration, tokens, cost, search)
            where ended is not null;
            """),
    ]

    /// How long a request is known by its key.
    package static let requestsKept = Duration.seconds(86_400)

    // MARK: Submitting

    /// Puts in a new task with the first entry of its log, a `state`, unless the same request did so before.
    ///
    /// - Parameter source: what it is to do.
    package static func insert(
        _ record: TaskRecord, doing source: WorkflowSource? = nil, for request: RequestKey? = nil,
        into db: borrowing WriteConnection
    ) throws -> TaskSubmission {
        if let request, let earlier = try earlier(request, at: record.createdAt, in: db) { return earlier }
        let task = try EncodedTask(record)
        try db.run(
            """
            insert into task(id, workflow, status, owner, origin, priority, created, started, ended, duration,
                tokens, cost, search)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, record.id.text, record.workflow, record.status.rawValue, record.owner,
            record.origin.rawValue,
            record.priority, record.createdAt.milliseconds, record.startedAt?.milliseconds,
            record.endedAt?.milliseconds, task.duration, record.usage["tokens"] ?? 0,
            record.usage["cost"] ?? 0,
            task.search)
        let number = db.lastInsertedID
        var definition: Int64?
        if let source { definition = try DefinitionTable.id(of: source, in: db) }
        try db.run(
            "insert into task_record(task, record, definition) values (?, ?, ?)", number, task.text,
            definition)
        if let request {
            try db.run(
                "insert or replace into task_request values (?, ?, ?, ?, ?, ?)", request.owner ?? "",
                request.key,
                request.fingerprint, number, record.id.text, record.createdAt.milliseconds)
        }
        let first = JournalRow.stateFrame(1, at: record.createdAt, task.json)
        try EventTable.append([first], of: number, at: record.createdAt, to: db)
        return .accepted(number: number)
    }

    /// What the same request began, or another with the same key, when that is not too long ago.
    static func earlier<Access>(
        _ request: RequestKey, at time: Timestamp, in db: borrowing DatabaseConnection<Access>
    ) throws -> TaskSubmission? {
        let earlier = try db.first(
            "select fingerprint, id from task_request where owner = ? and key = ? and at > ?",
            request.owner ?? "", request.key, time.milliseconds - requestsKept.milliseconds
        ) { row in (fingerprint: try row[0, as: String.self], id: try row[1, as: String.self]) }
        guard let earlier else { return nil }
        guard let id = TaskID(earlier.id) else { throw TaskStorageError.damaged("its id") }
        return earlier.fingerprint == request.fingerprint ? .repeated(id) : .conflict(id)
    }

    // MARK: Changing

    /// Makes the task what `record` says, where its status is still `from`. Whether it was.
    static func change(
        _ number: Int64, to task: EncodedTask, from: TaskStatus, in db: borrowing WriteConnection
    ) throws -> Bool {
        guard !from.isOver else { return false }
        let record = task.record
        let count = try db.run(
            """
            update task set status = ?, priority = ?, started = ?, ended = ?, duration = ?, tokens = ?, cost = ?
            where number = ? and status = ?
            """, record.status.rawValue, record.priority, record.startedAt?.milliseconds,
            record.endedAt?.milliseconds, task.duration, record.usage["tokens"] ?? 0,
            record.usage["cost"] ?? 0,
            number, from.rawValue)
        guard count == 1 else { return false }
        try db.run("update task_record set record = ? where task = ?", task.text, number)
        return true
    }

    /// Removes a task that is over from every list; its events are orphans then, which `TaskRetention.sweep` takes
    /// away. Nil where there is no such task, false where it is not over.
    package static func delete(_ id: TaskID, in db: borrowing WriteConnection) throws -> Bool? {
        let found = try db.first("select number, status from task where id = ?", id.text) { row in
            (number: try row[0, as: Int64.self], status: try status(row[1]))
        }
        guard let found else { return nil }
        guard found.status.isOver else { return false }
        try remove(found.number, in: db)
        return true
    }

    static func remove(_ number: Int64, in db: borrowing WriteConnection) throws {
        try db.run("delete from task where number = ?", number)
        try db.run("delete from task_record where task = ?", number)
        try db.run("delete from task_state where task = ?", number)
        try db.run("delete from task_request where task = ?", number)
        try TaskSizeTable.remove(number, in: db)
        try EventTable.orphan(number, in: db)
    }

    static func status(_ text: String) throws(TaskStorageError) -> TaskStatus {
        guard let status = TaskStatus(rawValue: text) else { throw .damaged("its status") }
        return status
    }

    // MARK: The state document

    /// The task's state document, an object; nil where there is no such task.
    package static func state(of id: TaskID, in db: borrowing ReadConnection) throws -> String? {
        try db.first(
            """
            select coalesce(s.document, '{}') from task t left join task_state s on s.task = t.number where t.id = ?
            """, id.text
        ) { try $0[0, as: String.self] }
    }

    /// What a state document may grow to.
    package static let mostState = 4 << 20

    /// Merges a patch into a task's state document (RFC 7396), unless that would grow beyond its bound.
    package static func merge(
        _ patch: StatePatch, intoStateOf number: Int64, in db: borrowing WriteConnection
    ) throws {
        try db.run(
            """
            insert into task_state values (?1, json_patch('{}', ?2))
            on conflict do update set document = json_patch(document, ?2)
            where length(json_patch(document, ?2)) <= ?3
            """, number, patch.json, Self.mostState)
    }
}
