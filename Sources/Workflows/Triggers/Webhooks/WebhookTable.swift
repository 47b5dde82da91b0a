import FoundationEssentials
import Loop
import Store

/// The table of deliveries, old ones and open ones.
enum WebhookTable {
    /// How many are kept of each source.
    struct Retention: Sendable {
        /// By which a delivery that comes again is known.
        var deliveries = 10_000
        var bodies = 100
        /// Of those that were not from the source at all; they have no body.
        var strangers = 100
    }

    struct New: Sendable {
        var source: String
        var delivery: String?
        var digest: [UInt8]?
        var event: String?
        var body: [UInt8]?
        var redeliveryOf: Int64?
    }

    /// Adds one that is open.
    static func insert(_ new: New, at time: Timestamp, in db: borrowing WriteConnection) throws -> Int64 {
        try db.run(
            """
            insert into webhook_delivery(
                source, delivery, digest, event, outcome, body, redelivery_of, received)
            values (?, ?, ?, ?, 'open', ?, ?, ?)
            """, new.source, new.delivery, new.digest, new.event, new.body, new.redeliveryOf,
            time.milliseconds)
        let number = db.lastInsertedID
        if new.redeliveryOf != nil {
            try db.run(
                "update webhook_delivery set delivery = ? where number = ?", "redelivery-\(number)", number)
        }
        return number
    }

    static func settle(
        _ number: Int64, _ outcome: DeliveryOutcome, _ sentence: String?, task: TaskID? = nil,
        wanted: WantedTask? = nil, in db: borrowing WriteConnection
    ) throws {
        try db.run(
            "update webhook_delivery set outcome = ?, sentence = ?, task = ?, wanted = ? where number = ?",
            outcome.rawValue, sentence, task?.text, try wanted?.stored(), number)
    }

    /// The one that has this id, or, where a digest is given, this very body.
    static func known(
        _ source: String, _ delivery: String, digest: [UInt8]?, in db: borrowing WriteConnection
    ) throws -> Int64? {
        try db.first(
            "select number from webhook_delivery where source = ? and delivery = ?", source, delivery
        ) { row in try row[0] }
            ?? db.first(
                """
                select number from webhook_delivery
                where source = ? and digest = ? and redelivery_of is null order by number limit 1
                """, source, digest
            ) { row in try row[0] }
    }

    static func delivery<Access>(
        _ number: Int64, in db: borrowing DatabaseConnection<Access>
    ) throws -> WebhookDelivery {
        guard
            let delivery = try db.first(
                """
                select number, source, delivery, event, outcome, sentence, task, redelivery_of,
                    body is not null, received
                from webhook_delivery where number = ?
                """, number, make: make)
        else { throw TriggerError.noDelivery(number) }
        return delivery
    }

    /// The newest first, older than `number`.
    static func deliveries(
        of source: String?, before number: Int64, limit: Int, in db: borrowing ReadConnection
    ) throws -> [WebhookDelivery] {
        try db.all(
            """
            select number, source, delivery, event, outcome, sentence, task, redelivery_of,
                body is not null, received
            from webhook_delivery where number < ?1 and (?2 is null or source = ?2)
            order by number desc limit ?3
            """, number, source, limit, make: make)
    }

    static func body(of number: Int64, in db: borrowing ReadConnection) throws -> [UInt8] {
        let body = try db.first("select body from webhook_delivery where number = ?", number) { row in
            try row[0, as: [UInt8]?.self]
        }
        guard let body = body ?? nil else { throw TriggerError.notKept(number) }
        return body
    }

    static func wanted(for number: Int64, in db: borrowing WriteConnection) throws -> WantedTask? {
        try db.first("select wanted from webhook_delivery where number = ?", number) { row in
            try (try row[0, as: String?.self]).map(WantedTask.init(stored:))
        } ?? nil
    }

    static func open(in db: borrowing ReadConnection) throws -> [(number: Int64, wanted: WantedTask)] {
        try db.all(
            "select number, wanted from webhook_delivery where outcome = 'open' and wanted is not null"
        ) { row in (try row[0], try WantedTask(stored: try row[1])) }
    }

    /// Removes what is beyond the retention of a source; what is open stays.
    static func shorten(
        _ source: String, to kept: Retention, in db: borrowing WriteConnection
    ) throws {
        try db.run(
            """
            delete from webhook_delivery where source = ?1 and delivery is not null and outcome <> 'open'
                and number <= (
                    select number from webhook_delivery where source = ?1 and delivery is not null
                    order by number desc limit 1 offset ?2)
            """, source, kept.deliveries)
        try db.run(
            """
            delete from webhook_delivery where source = ?1 and delivery is null and number <= (
                select number from webhook_delivery where source = ?1 and delivery is null
                order by number desc limit 1 offset ?2)
            """, source, kept.strangers)
        try db.run(
            """
            update webhook_delivery set body = null where source = ?1 and body is not null and number <= (
                select number from webhook_delivery where source = ?1 and body is not null
                order by number desc limit 1 offset ?2)
            """, source, kept.bodies)
    }

    /// Notes which sources are no more, and takes away what came from those that were noted before `patience`. What is
    /// open stays.
    static func forget(
        allBut sources: [String], goneSince patience: Timestamp, at now: Timestamp,
        in db: borrowing WriteConnection
    ) throws {
        let names = String(decoding: try JSONEncoder().encode(sources), as: UTF8.self)
        try db.run(
            "delete from webhook_source_gone where source in (select value from json_each(?))", names)
        try db.run(
            """
            insert or ignore into webhook_source_gone
                select distinct source, ? from webhook_delivery
                where source not in (select value from json_each(?))
            """, now.milliseconds, names)
        try db.run(
            """
            delete from webhook_delivery where outcome <> 'open'
                and source in (select source from webhook_source_gone where since < ?)
            """, patience.milliseconds)
        try db.run(
            """
            delete from webhook_source_gone
                where not exists (select 1 from webhook_delivery d where d.source = webhook_source_gone.source)
            """)
    }

    static func status(
        of source: WebhookSource, in db: borrowing ReadConnection
    ) throws -> WebhookSourceStatus {
        var counts = Dictionary(uniqueKeysWithValues: DeliveryOutcome.allCases.map { ($0.rawValue, 0) })
        var (success, failure): (Int64?, Int64?)
        try db.rows(
            "select outcome, count(*), max(received) from webhook_delivery where source = ? group by outcome",
            source.name
        ) { row in
            let (outcome, count, last): (String, Int, Int64) = (try row[0], try row[1], try row[2])
            counts[outcome] = count
            switch DeliveryOutcome(rawValue: outcome) {
            case .accepted: success = last
            case .failed, .refused: failure = max(failure ?? last, last)
            case .open, .ignored, nil: break
            }
        }
        return WebhookSourceStatus(
            name: source.name, kind: source.kind, counts: counts,
            lastSuccessAt: success.map(Timestamp.init(milliseconds:)),
            lastFailureAt: failure.map(Timestamp.init(milliseconds:)))
    }

    private static func make(_ row: borrowing Row) throws -> WebhookDelivery {
        WebhookDelivery(
            number: try row[0], source: try row[1], delivery: try row[2], event: try row[3],
            outcome: DeliveryOutcome(rawValue: try row[4]) ?? .failed, sentence: try row[5],
            taskId: (try row[6, as: String?.self]).flatMap { TaskID($0) }, redeliveryOf: try row[7],
            canRedeliver: try row[8], receivedAt: Timestamp(milliseconds: try row[9]))
    }
}
