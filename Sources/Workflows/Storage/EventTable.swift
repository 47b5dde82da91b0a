import Loop
package import Sessions
package import Store

/// What tasks said, in batches, packed: a row holds consecutive entries, as frames, at most about 128 KiB of them, or one
/// that is longer by itself. Beside them, for each task, which entries there are.
package enum EventTable {
    package static let migrations = [
        Migration(
            11, "task_event",
            """
            create table task_event(
                id integer primary key,
                task integer not null, first integer not null, last integer not null,
                at integer not null,
                -- Of the frames, and of what is kept of them.
                size integer not null, kept integer not null, frames blob not null
            ) strict;
            create unique index task_event_last on task_event(task, last, size, kept);

            create table task_log(
                task integer primary key, first integer not null, last integer not null, bytes integer not null
            ) strict;
            -- Tasks that are gone, whose events still have to go.
            create table task_orphan(task integer primary key) strict;
            """)
    ]

    /// Adds entries behind those that there are.
    static func append(
        _ rows: [KeptFrames], of task: Int64, at time: Timestamp, to db: borrowing WriteConnection
    ) throws {
        guard let last = rows.last?.last, let first = rows.first?.first else { return }
        var bytes = 0
        for row in rows {
            let kept = PackedFrames.pack(row.bytes)
            bytes += kept.count
            try db.run(
                """
                insert into task_event(task, first, last, at, size, kept, frames) values (?, ?, ?, ?, ?, ?, ?)
                """, task, Int64(row.first), Int64(row.last), time.milliseconds, row.bytes.count, kept.count,
                kept)
        }
        try db.run(
            """
            insert into task_log values (?1, ?2, ?3, ?4)
            on conflict do update set last = ?3, bytes = bytes + ?4
            """, task, Int64(first), Int64(last), bytes)
    }

    /// Rows from the one that holds entry `seq` on, until they make `bytes`. Costs as much as what it gives.
    package static func page(
        of task: Int64, from seq: UInt64, bytes: Int, in db: borrowing ReadConnection
    ) throws -> [KeptFrames] {
        // The sizes stand in the index: no row is read that is not given.
        let sizes = try db.all(
            "select last, size from task_event where task = ? and last >= ? order by last limit 512", task,
            Int64(clamping: seq)
        ) { row in (last: try row[0, as: Int64.self], size: try row[1, as: Int.self]) }
        var sum = 0
        var last: Int64?
        for row in sizes where last == nil || sum < bytes {
            guard last == nil || sum + row.size <= 2 * bytes else { break }
            sum += row.size
            last = row.last
        }
        guard let last else { return [] }
        return try db.all(
            """
            select first, last, size, frames from task_event where task = ? and last >= ? and last <= ? order by last
            """, task, Int64(clamping: seq), last
        ) { row in
            KeptFrames(
                first: UInt64(clamping: try row[0, as: Int64.self]),
                last: UInt64(clamping: try row[1, as: Int64.self]),
                bytes: try PackedFrames.unpack(row[3], size: row[2]))
        }
    }

    /// The number of the last entry that is stored; 0 where there is none.
    static func last(of task: Int64, in db: borrowing WriteConnection) throws -> UInt64 {
        let last = try db.first("select last from task_log where task = ?", task) {
            try $0[0, as: Int64.self]
        }
        return UInt64(clamping: last ?? 0)
    }

    /// The task is gone: its events are taken away in batches.
    static func orphan(_ task: Int64, in db: borrowing WriteConnection) throws {
        try db.run("delete from task_log where task = ?", task)
        try db.run("insert or ignore into task_orphan values (?)", task)
    }

    /// Takes away events of tasks that are gone, about `bytes` of them. Whether there are more.
    static func sweep(_ bytes: Int, in db: borrowing WriteConnection) throws -> Bool {
        guard
            let task = try db.first(
                "select task from task_orphan limit 1", make: { try $0[0, as: Int64.self] })
        else { return false }
        if try removeOldest(bytes, of: task, before: .max, in: db).rows == 0 {
            try db.run("delete from task_orphan where task = ?", task)
        }
        return true
    }

    /// Takes away the oldest rows of a task, about `bytes` of them, none that reaches to entry `end`.
    static func removeOldest(
        _ bytes: Int, of task: Int64, before end: Int64, in db: borrowing WriteConnection
    ) throws -> (rows: Int, bytes: Int, last: Int64) {
        let sizes = try db.all(
            "select last, kept from task_event where task = ? and last < ? order by last limit 512", task, end
        ) { row in (last: try row[0, as: Int64.self], kept: try row[1, as: Int.self]) }
        var sum = 0
        var last: Int64 = 0
        for row in sizes where sum < bytes {
            sum += row.kept
            last = row.last
        }
        guard last > 0 else { return (0, 0, 0) }
        let rows = try db.run("delete from task_event where task = ? and last <= ?", task, last)
        return (rows, sum, last)
    }
}
