import Loop
import Sessions

/// Ends a terminal to which nobody comes, or comes back. Held by its session.
final class TerminalPresence: Held, Expiring, TimerHandler {
    private let session: Session
    private let setting: TerminalSetting
    private var wasAttended: Bool
    private var timer: (token: TimerToken, at: Instant)?

    /// - Parameter wasAttended: somebody may come back to it, as to one that a server before had.
    init(of session: Session, _ setting: TerminalSetting, wasAttended: Bool) {
        self.session = session
        self.setting = setting
        self.wasAttended = wasAttended
    }

    var holding: Holdings { timer == nil ? .none : [.timer: 1] }

    var next: Instant { timer?.at ?? .distantFuture }
    /// What that is the deadline of.
    var expiry: TerminalExpiry { wasAttended ? .detached : .neverAttached }

    func attended(by count: Int, keeps: Bool, on loop: isolated EventLoop) {
        giveBack(on: loop)
        if count > 0 { wasAttended = true }
        guard count == 0, !keeps, session.reason == nil else { return }
        let deadline = loop.now + (wasAttended ? setting.detached : setting.neverAttached)
        timer = (loop.arm(self, at: deadline), deadline)
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        session.end(
            Ending(.idle, wasAttended ? "Nobody was attached for too long" : "Nobody attached in time"),
            on: loop)
    }

    func giveBack(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer.token) }
        timer = nil
    }
}
