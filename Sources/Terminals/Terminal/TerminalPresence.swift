import Loop
import Sessions

/// Ends a terminal to which nobody comes, or comes back. Held by its session.
final class TerminalPresence: Held, TimerHandler {
    private let session: Session
    private let setting: TerminalSetting
    private var timer: TimerToken?
    private var wasAttended = false

    init(of session: Session, _ setting: TerminalSetting) {
        self.session = session
        self.setting = setting
    }

    var holding: Holdings { timer == nil ? .none : [.timer: 1] }

    func begin(keeps: Bool, on loop: isolated EventLoop) { attended(by: 0, keeps: keeps, on: loop) }

    func attended(by count: Int, keeps: Bool, on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
        if count > 0 { wasAttended = true }
        guard count == 0, !keeps, session.reason == nil else { return }
        timer = loop.arm(self, after: wasAttended ? setting.detached : setting.neverAttached)
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        session.end(
            Ending(.idle, wasAttended ? "Nobody was attached for too long" : "Nobody attached in time"),
            on: loop)
    }

    func giveBack(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
