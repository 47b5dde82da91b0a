package import Loop

/// Ends one session when it was idle too long or lived too long, and tells its body some time before.
///
/// The session holds it like anything else: one timer, and none where there is no limit. Activity costs a
/// store, since the timer is not moved for it but looks again when it fires. Lives on the session's loop.
package final class SessionDeadlines: Held, Expiring, TimerHandler {
    private var plan: DeadlinePlan
    /// Nil once it was given back.
    private var session: Session?
    private var timer: TimerToken?

    init(_ limits: SessionLimits, of session: Session, on loop: isolated EventLoop) {
        plan = DeadlinePlan(limits, now: loop.now)
        self.session = session
        look(on: loop)
    }

    package var holding: Holdings { timer == nil ? .none : [.timer: 1] }

    /// When the session ends if nothing happens.
    package var next: Instant { plan.next.at }
    /// Which of its limits that is.
    package var nextReason: EndingReason { plan.next.reason }

    /// Something happened: the idle time begins anew.
    package func noteActivity(on loop: isolated EventLoop) { plan.noteActivity(at: loop.now) }

    /// Somebody asked for more time. Returns when the session ends now.
    @discardableResult
    package func extend(on loop: isolated EventLoop) -> Instant {
        plan.extend(at: loop.now)
        return next
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        look(on: loop)
    }

    package func giveBack(on loop: isolated EventLoop) {
        session = nil
        if let timer { loop.cancel(timer) }
        timer = nil
    }

    private func look(on loop: isolated EventLoop) {
        while let session {
            switch plan.step(at: loop.now) {
            case .tell(let reason, let deadline):
                session.body?.expiring(reason, at: deadline, on: loop)
            case .end(let reason):
                session.end(Ending(reason), on: loop)
                return
            case .wait(let until):
                if until < .distantFuture { timer = loop.arm(self, at: until) }
                return
            }
        }
    }
}

extension Session {
    /// From now on it ends by itself at these limits. The body keeps what it gets, and tells it of activity.
    package func limit(_ limits: SessionLimits, on loop: isolated EventLoop) -> SessionDeadlines {
        let deadlines = SessionDeadlines(limits, of: self, on: loop)
        hold(deadlines, on: loop)
        return deadlines
    }

    /// From now on it may have tasks, which end with it.
    package func supervise(
        patience: Duration = .seconds(5), on loop: isolated EventLoop
    ) -> Supervisor {
        let supervisor = Supervisor(patience: patience)
        hold(supervisor, on: loop)
        return supervisor
    }
}
