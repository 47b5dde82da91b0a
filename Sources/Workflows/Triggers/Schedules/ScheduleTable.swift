import Loop
import Store

/// The tables of schedules: how far each has got, and the firings whose task is not known to have begun.
enum ScheduleTable {
    static func progress(in db: borrowing ReadConnection) throws -> [Scheduler.Progress] {
        try db.all("select name, rule, seen from schedule") { row in
            Scheduler.Progress(
                schedule: try row[0], rule: try row[1], seen: Timestamp(milliseconds: try row[2]))
        }
    }

    /// Stores how far schedules have got together with what is to be begun for it.
    static func advance(
        _ decision: Scheduler.Decision, hiding secrets: SecretPatterns, in db: borrowing WriteConnection
    ) throws {
        for progress in decision.progress {
            try db.run(
                """
                insert into schedule(name, rule, seen) values (?1, ?2, ?3)
                on conflict(name) do update set rule = ?2, seen = ?3
                """, progress.schedule, progress.rule, progress.seen.milliseconds)
        }
        for firing in decision.firings {
            // Names may be long, keys should not be.
            let name = BodySignature.hexadecimal(BodySignature.digest(Array(firing.schedule.name.utf8)))
            let wanted = secrets.masked(
                WantedTask(
                    key: "schedule-\(name.prefix(16))-\(firing.at.milliseconds)",
                    workflow: firing.schedule.workflow, requirement: firing.schedule.requirement,
                    inputs: firing.schedule.inputs, priority: firing.schedule.priority, origin: .schedule))
            try db.run(
                "insert into schedule_firing(schedule, at, wanted) values (?, ?, ?)", firing.schedule.name,
                firing.at.milliseconds, try wanted.stored())
        }
    }

    struct OpenFiring: Sendable {
        let id: Int64
        let schedule: String
        let at: Timestamp
        let wanted: WantedTask
    }

    static func open(in db: borrowing ReadConnection) throws -> [OpenFiring] {
        try db.all("select id, schedule, at, wanted from schedule_firing order by id") { row in
            OpenFiring(
                id: try row[0], schedule: try row[1], at: Timestamp(milliseconds: try row[2]),
                wanted: try WantedTask(stored: try row[3]))
        }
    }

    static func close(
        _ firing: OpenFiring, task: TaskID?, problem: String?, in db: borrowing WriteConnection
    ) throws {
        try db.run("delete from schedule_firing where id = ?", firing.id)
        try db.run(
            "update schedule set fired = ?, task = ?, problem = ? where name = ?", firing.at.milliseconds,
            task?.text, problem, firing.schedule)
    }

    struct Last: Sendable {
        let fired: Timestamp?
        let task: TaskID?
        let problem: String?
    }

    static func last(in db: borrowing ReadConnection) throws -> [String: Last] {
        let all = try db.all("select name, fired, task, problem from schedule") { row in
            (
                try row[0, as: String.self],
                Last(
                    fired: (try row[1, as: Int64?.self]).map(Timestamp.init(milliseconds:)),
                    task: (try row[2, as: String?.self]).flatMap { TaskID($0) }, problem: try row[3])
            )
        }
        return Dictionary(all) { first, _ in first }
    }
}
