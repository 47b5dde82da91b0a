import Configuration
import Feeds
import Loop
package import Store

/// The feeds that outlive the server, in the database: their last entries, as whole messages.
package enum KeptFeedTable {
    package static let migrations = [
        Migration(
            16, "kept_feed",
            """
            create table kept_feed(
                name text primary key,
                window text not null,
                type text not null,
                lifetime_ms integer
            ) strict, without rowid;

            create table kept_entry(
                feed text not null references kept_feed(name) on delete cascade,
                seq integer not null,
                message blob not null,
                primary key (feed, seq)
            ) strict, without rowid;

            -- Whether the life of the server before has written down all that its kept feeds said.
            create table kept_state(
                id integer primary key check (id = 1), is_whole integer not null check (is_whole in (0, 1))
            ) strict;
            insert into kept_state values (1, 1);
            """)
    ]

    /// What is new of one feed.
    struct Change: Sendable {
        let name: String
        let window: FeedWindow
        let type: String
        let lifetime: Duration?
        /// It is another feed than the one of which something is written.
        let isAnother: Bool
        /// What is older is no longer kept.
        let oldest: UInt64
        let entries: [(seq: UInt64, message: [UInt8])]
    }

    struct Head: Sendable {
        let name: String
        let window: String
        let type: String
        let lifetime: Duration?
    }

    /// Begins a life of the server, which has not written down anything yet: which feeds are kept, and whether all that
    /// they said is.
    static func begin(in db: borrowing WriteConnection) throws -> (feeds: [Head], isWhole: Bool) {
        let isWhole = try db.first("select is_whole from kept_state") { try $0[0, as: Bool.self] } ?? false
        try db.run("update kept_state set is_whole = 0")
        let feeds = try db.all("select name, window, type, lifetime_ms from kept_feed order by name") { row in
            let lifetime: Int64? = try row[3]
            return Head(
                name: try row[0], window: try row[1], type: try row[2],
                lifetime: lifetime.map { .milliseconds($0) })
        }
        return (feeds, isWhole)
    }

    /// All that the feeds said is written down.
    static func end(in db: borrowing WriteConnection) throws {
        try db.run("update kept_state set is_whole = 1")
    }

    static func entries(
        of name: String, in db: borrowing ReadConnection
    ) throws -> [(seq: UInt64, message: [UInt8])] {
        try db.all("select seq, message from kept_entry where feed = ? order by seq", name) { row in
            (seq: UInt64(try row[0, as: Int64.self]), message: try row[1])
        }
    }

    static func write(_ change: Change, in db: borrowing WriteConnection) throws {
        if change.isAnother { try remove(change.name, in: db) }
        try db.run(
            "insert into kept_feed values (?1, ?2, ?3, ?4) on conflict do nothing", change.name,
            change.window.rawValue, change.type, change.lifetime?.milliseconds)
        for entry in change.entries {
            try db.run(
                "insert into kept_entry values (?, ?, ?) on conflict do nothing", change.name,
                Int64(entry.seq), entry.message)
        }
        try db.run(
            "delete from kept_entry where feed = ? and seq < ?", change.name, Int64(change.oldest))
    }

    static func remove(_ name: String, in db: borrowing WriteConnection) throws {
        try db.run("delete from kept_feed where name = ?", name)
    }
}
