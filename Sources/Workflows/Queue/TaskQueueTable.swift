package import Store

/// Where tasks stand in the line, and whether it is paused: what must outlive the server of it.
package enum TaskQueueTable {
    package static let migrations = [
        Migration(
            18, "task_queue",
            """
            create table task_queue(task integer primary key, position real not null) strict;
            create table task_queue_state(id integer primary key check (id = 1), paused integer not null) strict;
            insert into task_queue_state values (1, 0);
            create table server_life(life text primary key) strict, without rowid;
            """)
    ]

    static func put(_ task: Int64, at position: Double, in db: borrowing WriteConnection) throws {
        try db.run(
            "insert into task_queue values (?1, ?2) on conflict do update set position = ?2", task, position)
    }

    /// The positions of tasks that wait; those of others are forgotten by `forget`.
    static func positions(in db: borrowing ReadConnection) throws -> [Int64: Double] {
        let rows = try db.all("select task, position from task_queue") { row in
            (try row[0, as: Int64.self], try row[1, as: Double.self])
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Keeps the places of those that are not over.
    static func forget(in db: borrowing WriteConnection) throws {
        try db.run(
            """
            delete from task_queue where task not in
                (select number from task where status in ('PENDING', 'RUNNING'))
            """)
    }

    static func isPaused(in db: borrowing ReadConnection) throws -> Bool {
        try db.first("select paused from task_queue_state") { try $0[0, as: Int.self] } == 1
    }

    static func setPaused(_ isPaused: Bool, in db: borrowing WriteConnection) throws {
        try db.run("update task_queue_state set paused = ?", isPaused ? 1 : 0)
    }

    // MARK: Lives

    /// The lives of the server that have not ended as they should: their processes may still be there.
    static func lives(in db: borrowing ReadConnection) throws -> [String] {
        try db.all("select life from server_life") { try $0[0, as: String.self] }
    }

    static func beginLife(_ life: String, in db: borrowing WriteConnection) throws {
        try db.run("insert or ignore into server_life values (?)", life)
    }

    static func endLives(_ lives: [String], in db: borrowing WriteConnection) throws {
        for life in lives { try db.run("delete from server_life where life = ?", life) }
    }
}
