import Feeds
import Loop
package import Store

/// Where the feeds of the last life of the server began, in the database: feeds live in memory, but their numbers
/// must not come back.
package enum FeedOriginTable {
    package static let migrations = [
        Migration(
            7, "feed_origin",
            """
            create table feed_origin(
                id integer primary key check (id = 1),
                number integer not null check (number between 0 and 9007199254740992)
            ) strict;
            """)
    ]

    /// Where the feeds of this life begin, written down before the first of them does.
    static func advance(in store: Store, at time: Timestamp = .now) async throws(StoreError) -> UInt64 {
        try await store.write { db in
            let earlier = try db.first("select number from feed_origin") { try $0[0, as: Int64.self] }
            let origin = FeedOrigin.next(after: earlier.map(UInt64.init), at: time)
            try db.run(
                "insert into feed_origin values (1, ?1) on conflict do update set number = ?1", Int64(origin))
            return origin
        }
    }
}
