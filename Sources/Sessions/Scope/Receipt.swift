package import Loop

/// Waits, for as long as its holder's patience lasts, for something slow to be given back.
///
/// One that is overdue becomes a stray: its registry keeps it, and shows what it still holds, until it is
/// given back after all. Lives on the session's loop.
package final class Receipt: TimerHandler {
    private enum State {
        case waiting, overdue, given
    }

    let holder: any SlowHeld
    private let session: Session
    private var closing: SessionClosing?
    private var state = State.waiting
    private var hasBegun = false
    private var timer: TimerToken?

    /// What works on it, cancelled when it is overdue.
    var task: Task<Void, Never>?

    init(for holder: any SlowHeld, of session: Session, in closing: SessionClosing?) {
        self.holder = holder
        self.session = session
        self.closing = closing
    }

    /// Begins the giving back. True when it was done within this call; the closing is not told then.
    func begin(on loop: isolated EventLoop) -> Bool {
        timer = loop.arm(self, after: holder.patience)
        holder.giveBack(self, on: loop)
        hasBegun = true
        return state == .given
    }

    /// All is given back. Saying so again means nothing.
    package func given(on loop: isolated EventLoop) {
        guard state != .given else { return }
        if state == .overdue { session.registry.strayIsBack(self) }
        state = .given
        task = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        guard hasBegun else { return }
        if let closing {
            self.closing = nil
            closing.settle(holder)
            closing.proceed(on: loop)
        } else {
            session.check(holder)
        }
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        state = .overdue
        session.registry.keepStray(self, of: session)
        task?.cancel()
        guard let closing else { return }
        self.closing = nil
        closing.abandon(holder)
        closing.proceed(on: loop)
    }
}
