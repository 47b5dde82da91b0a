import Loop

/// The limits of one session at work. It decides; `SessionDeadlines` performs.
struct DeadlinePlan {
    enum Step: Equatable {
        case wait(until: Instant)
        /// Tell that the end will come at this time.
        case tell(EndingReason, at: Instant)
        case end(EndingReason)
    }

    private let limits: SessionLimits
    private var began: Instant
    private var lastActivity: Instant
    /// The deadline that was told of last, so that each is told of once.
    private var told: Instant?

    init(_ limits: SessionLimits, now: Instant) {
        self.limits = limits
        began = now
        lastActivity = now
    }

    /// When it ends if nothing happens, and why; the earlier of the two limits.
    var next: (reason: EndingReason, at: Instant) {
        let idle = limits.idle.map { lastActivity + $0 } ?? .distantFuture
        let life = limits.life.map { began + $0 } ?? .distantFuture
        return idle < life ? (.idle, idle) : (.deadline, life)
    }

    mutating func noteActivity(at now: Instant) { lastActivity = now }

    /// Somebody asked for more time.
    mutating func extend(at now: Instant) {
        lastActivity = now
        if limits.lifeMayBeExtended { began = now }
    }

    /// What to do at `now`; asked again after each step.
    mutating func step(at now: Instant) -> Step {
        let (reason, deadline) = next
        if deadline == .distantFuture { return .wait(until: deadline) }
        if deadline <= now { return .end(reason) }
        if told == deadline { return .wait(until: deadline) }
        let notice = deadline + (.zero - limits.notice)
        guard notice <= now else { return .wait(until: notice) }
        told = deadline
        return .tell(reason, at: deadline)
    }
}
