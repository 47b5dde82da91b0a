package import Store

/// How many bytes tasks take: what they said, the files that they keep, and what their phases left for a retry. The
/// sums over all stand in one row, which whatever changes them keeps right.
package enum TaskSizeTable {
    static let migrations = [
        Migration(
            21, "task_size",
            """
            -- What the folder of a task that is over takes, as it was measured. One that is empty has no row.
            create table task_size(
                task integer primary key, artifacts integer not null, work integer not null
            ) strict;
            create index task_size_work on task_size(task) where work > 0;

            create table task_total(
                id integer primary key check (id = 1),
                events integer not null, artifacts integer not null, work integer not null
            ) strict;
            insert into task_total select 1, coalesce(sum(bytes), 0), 0, 0 from task_log;

            create trigger task_log_is_added after insert on task_log begin
                update task_total set events = events + new.bytes;
            end;
            create trigger task_log_is_changed after update of bytes on task_log begin
                update task_total set events = events + new.bytes - old.bytes;
            end;
            create trigger task_log_is_removed after delete on task_log begin
                update task_total set events = events - old.bytes;
            end;
            create trigger task_size_is_added after insert on task_size begin
                update task_total set artifacts = artifacts + new.artifacts, work = work + new.work;
            end;
            create trigger task_size_is_changed after update on task_size begin
                update task_total set artifacts = artifacts + new.artifacts - old.artifacts,
                    work = work + new.work - old.work;
            end;
            create trigger task_size_is_removed after delete on task_size begin
                update task_total set artifacts = artifacts - old.artifacts, work = work - old.work;
            end;
            """)
    ]

    package struct Total: Equatable, Sendable {
        package let events: Int64
        package let artifacts: Int64
        package let work: Int64
    }

    /// Of all tasks. Costs one row.
    package static func total(in db: borrowing ReadConnection) throws -> Total {
        let total = try db.first("select events, artifacts, work from task_total") { row in
            Total(events: try row[0], artifacts: try row[1], work: try row[2])
        }
        guard let total else { throw TaskStorageError.damaged("the sum of its sizes") }
        return total
    }

    /// What those of them have said that are not over. Costs a row for each of these.
    static func unfinishedEvents(in db: borrowing ReadConnection) throws -> Int64 {
        try db.first(
            """
            select coalesce(sum(l.bytes), 0) from task t indexed by task_unfinished
                join task_log l on l.task = t.number where t.status in ('PENDING', 'RUNNING')
            """
        ) { try $0[0] } ?? 0
    }

    /// Writes down what the folder of a task takes that is there and over.
    static func put(_ size: FolderSize, of task: TaskID, in db: borrowing WriteConnection) throws {
        try db.run(
            """
            insert into task_size select number, ?2, ?3 from task where id = ?1 and ended is not null
            on conflict do update set artifacts = ?2, work = ?3
            """, task.text, size.artifacts, size.work)
    }

    /// What its phases left was taken over, or is gone.
    static func clearWork(of tasks: [TaskID], in db: borrowing WriteConnection) throws {
        for task in tasks {
            try db.run(
                "update task_size set work = 0 where task = (select number from task where id = ?)", task.text
            )
        }
    }

    static func remove(_ task: Int64, in db: borrowing WriteConnection) throws {
        try db.run("delete from task_size where task = ?", task)
    }

    /// Of those of `tasks` whose folders have been measured.
    static func sizes(of tasks: [TaskID], in db: borrowing ReadConnection) throws -> [TaskID: FolderSize] {
        var sizes: [TaskID: FolderSize] = [:]
        for id in tasks {
            sizes[id] = try db.first(
                "select artifacts, work from task_size where task = (select number from task where id = ?)",
                id.text
            ) { row in FolderSize(artifacts: try row[0], work: try row[1]) }
        }
        return sizes
    }

    /// Where a task stands in the order in which tasks ended.
    struct Place: Sendable {
        let ended: Int64
        let number: Int64

        static let first = Place(ended: .min, number: .min)
    }

    /// A task of which something is left for a retry.
    struct Work: Sendable {
        let id: String
        let place: Place
        let bytes: Int64
    }

    /// The tasks behind `place` that ended first of which something is left for a retry, until they make `bytes`; at
    /// most `limit`.
    static func work(
        making bytes: Int64, behind place: Place, limit: Int, in db: borrowing ReadConnection
    ) throws -> [Work] {
        let all = try db.all(
            """
            select t.id, t.ended, t.number, s.work
            from task_size s indexed by task_size_work join task t on t.number = s.task
            where s.work > 0 and t.ended is not null and (t.ended, t.number) > (?, ?)
            order by t.ended, t.number limit ?
            """, place.ended, place.number, limit
        ) { row in
            Work(id: try row[0], place: Place(ended: try row[1], number: try row[2]), bytes: try row[3])
        }
        var sum: Int64 = 0
        return Array(
            all.prefix { task in
                defer { sum += task.bytes }
                return sum < bytes
            })
    }
}
