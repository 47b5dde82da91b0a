import FoundationEssentials
import JSONCoding
import Loop
import Store

/// The outbox: what is to be delivered, and, for a while, what became of it.
enum NotificationTable {
    private static let keptAtMost = 1000

    /// A notification that waits for its turn.
    struct Waiting: Sendable {
        let id: Int64
        let delivery: String
        let event: String
        let body: String
        let attempts: Int
        let created: Timestamp
        let next: Timestamp
    }

    /// A task is told of once, however often this is asked for. Where too many wait then, the oldest are given up: a
    /// target that does not answer keeps no more than that.
    static func insert(
        _ task: TaskRecord, for target: NotificationTarget, at time: Timestamp,
        in db: borrowing WriteConnection
    ) throws {
        var random = SystemRandomNumberGenerator()
        let delivery = BodySignature.hexadecimal(
            (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) })
        let notice = TaskNotice(of: task, delivery: delivery, at: time)
        let body = String(decoding: try JSONFormat.encoder.encode(notice), as: UTF8.self)
        try db.run(
            """
            insert into notification(target, task, delivery, event, body, state, created, next)
            values (?1, ?2, ?3, ?4, ?5, 'pending', ?6, ?6) on conflict(target, task) do nothing
            """, target.name, task.id.text, delivery, notice.event, body, time.milliseconds)
        try crowdOut(of: target, in: db)
    }

    private static func crowdOut(of target: NotificationTarget, in db: borrowing WriteConnection) throws {
        let waiting = try db.first(
            "select waiting from notification_figures where target = ?", target.name
        ) { try $0[0, as: Int.self] }
        guard let waiting, waiting > target.mostWaiting else { return }
        let count = try db.run(
            """
            update notification set state = 'undeliverable', problem = ?2 where id in (
                select id from notification indexed by notification_pending
                where target = ?1 and state = 'pending' order by id limit ?3)
            """, target.name, "Newer ones came, and no more than \(target.mostWaiting) wait for one target.",
            waiting - target.mostWaiting)
        try db.run(
            "update notification_figures set crowded_out = crowded_out + ? where target = ?", count,
            target.name)
        try shorten(in: db)
    }

    /// The one that is due first.
    static func next(for target: String, in db: borrowing ReadConnection) throws -> Waiting? {
        try db.first(
            """
            select id, delivery, event, body, attempts, created, next from notification
            where target = ? and state = 'pending' order by next, id limit 1
            """, target
        ) { row in
            Waiting(
                id: try row[0], delivery: try row[1], event: try row[2], body: try row[3],
                attempts: try row[4], created: Timestamp(milliseconds: try row[5]),
                next: Timestamp(milliseconds: try row[6]))
        }
    }

    /// Writes down what comes after an attempt. One that was given up meanwhile stays so, unless it was delivered.
    static func settle(
        _ id: Int64, _ verdict: NotificationPlan.Verdict, attempts: Int, in db: borrowing WriteConnection
    ) throws {
        let (state, next, problem): (NotificationRecord.State, Timestamp?, String?) =
            switch verdict {
            case .delivered: (.delivered, nil, nil)
            case .again(let at, let problem): (.pending, at, problem)
            case .over(let problem): (.undeliverable, nil, problem)
            }
        try db.run(
            """
            update notification set state = ?2, attempts = ?3, next = coalesce(?4, next), problem = ?5
            where id = ?1 and (state = 'pending' or ?2 = 'delivered')
            """, id, state.rawValue, attempts, next?.milliseconds, problem)
        try shorten(in: db)
    }

    /// Of what is over, the newest are kept.
    private static func shorten(in db: borrowing WriteConnection) throws {
        try db.run(
            """
            delete from notification where state <> 'pending' and id <= (
                select id from notification where state <> 'pending' order by id desc limit 1 offset ?)
            """, keptAtMost)
    }

    /// What waits for a target that is no longer among `targets` is not delivered.
    static func giveUp(allBut targets: [String], in db: borrowing WriteConnection) throws {
        let names = String(decoding: try JSONEncoder().encode(targets), as: UTF8.self)
        try db.run(
            """
            update notification set state = 'undeliverable', problem = 'Nobody of this name is told any more.'
            where state = 'pending' and target not in (select value from json_each(?))
            """, names)
        try db.run(
            "delete from notification_figures where target not in (select value from json_each(?))", names)
        try shorten(in: db)
    }

    static func figures(
        of target: NotificationTarget, in db: borrowing ReadConnection
    ) throws -> NotificationTargetStatus {
        let status = try db.first(
            """
            select waiting, delivered, retried, given_up, crowded_out from notification_figures where target = ?
            """, target.name
        ) { row in
            NotificationTargetStatus(
                name: target.name, waiting: try row[0], mostWaiting: target.mostWaiting,
                delivered: try row[1], retried: try row[2], givenUp: try row[3], crowdedOut: try row[4])
        }
        return status ?? NotificationTargetStatus(name: target.name, mostWaiting: target.mostWaiting)
    }

    static func list(limit: Int, in db: borrowing ReadConnection) throws -> [NotificationRecord] {
        try db.all(
            """
            select delivery, target, task, state, attempts, created, next, problem from notification
            order by id desc limit ?
            """, limit
        ) { row in
            let state = NotificationRecord.State(rawValue: try row[3]) ?? .undeliverable
            return NotificationRecord(
                delivery: try row[0], target: try row[1], taskId: try row[2], state: state,
                attempts: try row[4], createdAt: Timestamp(milliseconds: try row[5]),
                nextAt: state == .pending ? Timestamp(milliseconds: try row[6]) : nil, problem: try row[7])
        }
    }
}
