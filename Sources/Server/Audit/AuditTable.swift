import Configuration
import Loop
import Sessions
package import Store

/// The table of the audit trail. It can be added to; nothing in it can be changed, and only retention
/// removes.
package enum AuditTable {
    package static let migrations = [
        Migration(
            4, "audit",
            """
            create table audit(
                id integer primary key autoincrement,
                at integer not null,
                event text not null,
                account text, sign_in text, peer text, session text, kind text, ending text,
                lasted_ms integer, given_back text, detail text
            ) strict;
            create index audit_at on audit(at);

            create table audit_retention(
                id integer primary key check (id = 1), before integer not null
            ) strict;
            insert into audit_retention values (1, 0);

            create trigger audit_is_never_changed before update on audit begin
                select raise(abort, 'the audit trail is never changed'); end;
            create trigger audit_is_never_shortened before delete on audit
            when old.at >= (select before from audit_retention) begin
                select raise(abort, 'the audit trail is only shortened by its retention'); end;
            """),
        Migration(
            8, "audit_forgotten",
            """
            -- How many entries were removed since the trail last said so.
            alter table audit_retention add column forgotten integer not null default 0;
            """),
    ]

    static func insert(_ stamped: StampedEntry, into db: borrowing WriteConnection) throws {
        let entry = stamped.entry
        try db.run(
            """
            insert into audit(
                at, event, account, sign_in, peer, session, kind, ending, lasted_ms, given_back, detail)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, stamped.at.milliseconds, entry.event.rawValue, entry.account, entry.signIn, entry.peer,
            entry.session.map { "\($0)" }, entry.kind?.name, entry.ending.map { "\($0)" },
            entry.lasted?.milliseconds, entry.givenBack.map(text), entry.detail)
    }

    /// What the trail says about itself.
    enum Remark {
        case missing(Int)
        case forgotten(Int, Settings.Audit)

        fileprivate var event: String {
            switch self {
            case .missing: "entries_missing"
            case .forgotten: "entries_forgotten"
            }
        }

        fileprivate var detail: String {
            switch self {
            case .missing(let count): "\(count) entries were not kept"
            case .forgotten(let count, let kept):
                "\(count) entries; kept are \(kept.keep?.text ?? "any age") and "
                    + "\(kept.entries.map(String.init) ?? "any number")"
            }
        }
    }

    static func insert(_ remark: Remark, at time: Timestamp, into db: borrowing WriteConnection) throws {
        try db.run(
            "insert into audit(at, event, detail) values (?, ?, ?)", time.milliseconds, remark.event,
            remark.detail)
    }

    /// Removes up to `limit` entries that are older than `time`, and up to as many that are beyond the newest
    /// `count`; a bound that is nil, and so null, holds for none. Their numbers are not given again. Where there
    /// are none nothing is written. What is removed is counted in the same transaction, until `takeForgotten`.
    static func shorten(
        before time: Timestamp?, keeping count: Int?, limit: Int, in db: borrowing WriteConnection
    ) throws -> Int {
        let isLong = try db.first(
            """
            select exists(select 1 from audit where at < ?) or
                (select min(id) from audit) <= (select max(id) from audit) - ?
            """, time?.milliseconds, count
        ) { row in try row[0, as: Bool?.self] }
        guard isLong == true else { return 0 }
        try db.run("update audit_retention set before = ?", Int64.max)
        let old = try db.run(
            "delete from audit where id in (select id from audit where at < ? order by at limit ?)",
            time?.milliseconds, limit)
        let excess = try db.run(
            """
            delete from audit where id in (
                select id from audit where id <= (select max(id) from audit) - ? order by id limit ?)
            """, count, limit)
        try db.run("update audit_retention set before = 0, forgotten = forgotten + ?", old + excess)
        return old + excess
    }

    /// How many were removed and not spoken of; the caller does so in this transaction.
    static func takeForgotten(in db: borrowing WriteConnection) throws -> Int {
        let count =
            try db.first("select forgotten from audit_retention") { row in try row[0, as: Int.self] } ?? 0
        if count > 0 { try db.run("update audit_retention set forgotten = 0") }
        return count
    }

    /// The newest first.
    static func entries(
        matching filter: AuditFilter, before id: Int64, limit: Int, in db: borrowing ReadConnection
    ) throws -> [AuditRecord] {
        try db.all(
            """
            select id, at, event, account, sign_in, peer, session, kind, ending, lasted_ms, given_back, detail
            from audit where id < ?1 and (?2 is null or account = ?2) and (?3 is null or event = ?3)
                and (?4 is null or kind = ?4) and (?5 is null or session = ?5)
                and (?6 is null or at >= ?6) and (?7 is null or at < ?7)
            order by id desc limit ?8
            """, id, filter.account, filter.event, filter.kind, filter.session, filter.from?.milliseconds,
            filter.to?.milliseconds, limit, make: record)
    }

    /// Those behind an entry, the oldest first.
    static func entries(
        after id: Int64, limit: Int, in db: borrowing ReadConnection
    ) throws -> [AuditRecord] {
        try db.all(
            """
            select id, at, event, account, sign_in, peer, session, kind, ending, lasted_ms, given_back, detail
            from audit where id > ? order by id limit ?
            """, id, limit, make: record)
    }

    /// The number of the newest entry; 0 where there is none.
    static func newest(in db: borrowing ReadConnection) throws -> Int64 {
        try db.first("select coalesce(max(id), 0) from audit") { try $0[0, as: Int64.self] } ?? 0
    }

    private static func record(_ row: borrowing Row) throws -> AuditRecord {
        AuditRecord(
            id: try row[0], at: Timestamp(milliseconds: try row[1]), event: try row[2],
            account: try row[3], signIn: try row[4], peer: try row[5], session: try row[6],
            kind: try row[7], ending: try row[8], lastedMs: try row[9], givenBack: try row[10],
            detail: try row[11])
    }

    /// `processes=3 descriptors=1`.
    private static func text(_ holdings: Holdings) -> String {
        Holding.allCases.filter { holdings[$0] != 0 }.map { "\($0.name)=\(holdings[$0])" }.joined(
            separator: " ")
    }
}
