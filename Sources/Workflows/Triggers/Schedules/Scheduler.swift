package import Loop

/// Decides what is due, and when to look again; the time is an argument.
package struct Scheduler: Sendable {
    /// How far a schedule has got.
    package struct Progress: Equatable, Sendable {
        package let schedule: String
        /// What its times were made of.
        package let rule: String
        /// Every time up to this one is dealt with.
        package let seen: Timestamp

        package init(schedule: String, rule: String, seen: Timestamp) {
            self.schedule = schedule
            self.rule = rule
            self.seen = seen
        }
    }

    /// A schedule whose time has come.
    package struct Firing: Equatable, Sendable {
        package let schedule: Schedule
        package let at: Timestamp
    }

    package struct Decision: Sendable {
        package var firings: [Firing] = []
        /// To be stored together with what is begun.
        package var progress: [Progress] = []
        /// Schedules some of whose times have passed without a task.
        package var missed: [String] = []
        /// Nil where nothing will ever be due.
        package var next: Timestamp?
    }

    /// A time that is missed by less than this is not missed but late: a busy machine, a quick restart.
    package static let lateness = Duration.seconds(60)
    /// A clock that is put back by more than this was wrong before; by less, and nothing is done twice.
    private static let setBack = Duration.seconds(3600)

    private var schedules: [(schedule: Schedule, seen: Timestamp)]
    private var isNew: Bool

    /// Schedules that nobody knows yet, or whose times were changed, begin now. Of two with one name the first counts.
    package init(_ schedules: [Schedule], known: [Progress], now: Timestamp) {
        let known = Dictionary(known.map { ($0.schedule, $0) }) { first, _ in first }
        var names: Set<String> = []
        self.schedules = schedules.filter { names.insert($0.name).inserted }.map { schedule in
            let progress = known[schedule.name]
            return (schedule, progress?.rule == schedule.rule ? progress!.seen : now)
        }
        isNew = true
    }

    /// What is due now. Each time is answered once at most, whatever the clock does.
    package mutating func decide(at now: Timestamp) -> Decision {
        var decision = Decision()
        for index in schedules.indices {
            let schedule = schedules[index].schedule
            var hasMoved = isNew
            if schedules[index].seen.milliseconds - now.milliseconds > Self.setBack.milliseconds {
                schedules[index].seen = now
                hasMoved = true
            }
            let seen = schedules[index].seen
            if let last = Self.last(of: schedule, after: seen, upTo: now) {
                schedules[index].seen = last
                hasMoved = true
                let isLate = now.milliseconds - last.milliseconds > Self.lateness.milliseconds
                let isBegun = !isLate || schedule.catchUp == .one
                if isBegun { decision.firings.append(Firing(schedule: schedule, at: last)) }
                if !isBegun || schedule.next(after: seen) != last { decision.missed.append(schedule.name) }
            }
            if hasMoved {
                decision.progress.append(
                    Progress(schedule: schedule.name, rule: schedule.rule, seen: schedules[index].seen))
            }
            if let next = schedule.next(after: schedules[index].seen) {
                decision.next = min(decision.next ?? next, next)
            }
        }
        isNew = false
        return decision
    }

    /// The last time of a schedule in a stretch. One of a year with a time in every minute is not walked through.
    private static func last(of schedule: Schedule, after start: Timestamp, upTo now: Timestamp) -> Timestamp?
    {
        guard var last = schedule.next(after: start), last <= now else { return nil }
        // Looks back from the end in growing steps, and walks only through the step in which there is one.
        var step: Int64 = 60_000
        while now.milliseconds - step > last.milliseconds {
            let begin = Timestamp(milliseconds: now.milliseconds - step)
            if let later = schedule.next(after: begin), later <= now {
                last = later
                break
            }
            step *= 4
        }
        while let later = schedule.next(after: last), later <= now { last = later }
        return last
    }
}
