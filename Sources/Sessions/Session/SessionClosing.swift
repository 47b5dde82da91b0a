import Loop

/// The way of one session from its ending to its last step: gives back what it holds, from the last to the
/// first and the body at the end, and waits at each slow one as long as that one's patience lasts.
final class SessionClosing {
    private let session: Session
    private let ending: Ending
    private let peer: String?
    private let began: Instant
    private let givenBack: Holdings
    private var body: (any SessionBody)?
    private var leaked = Holdings.none
    private var overdue = 0

    init(of session: Session, _ body: any SessionBody, _ ending: Ending, on loop: isolated EventLoop) {
        self.session = session
        self.body = body
        self.ending = ending
        peer = session.kind.isAudited ? session.peer : nil
        began = loop.now
        givenBack = session.holding
    }

    /// Goes on until something slow has to be waited for, or to the end.
    func proceed(on loop: isolated EventLoop) {
        while let holder = next() {
            guard giveBack(holder, on: loop) else { return }
            settle(holder)
        }
        finish(on: loop)
    }

    /// `holder` has given all back, or says so.
    func settle(_ holder: any Holder) {
        leaked += holder.holding
        session.letGo(holder)
    }

    /// The patience with `holder` is over; its registry keeps it from now on.
    func abandon(_ holder: any Holder) {
        overdue += 1
        session.letGo(holder)
    }

    private func next() -> (any Holder)? {
        if let holder = session.lastHolder { return holder }
        defer { body = nil }
        return body
    }

    /// False when it has to be waited for; its receipt calls `proceed` then.
    private func giveBack(_ holder: any Holder, on loop: isolated EventLoop) -> Bool {
        if let slow = holder as? any SlowHeld {
            return Receipt(for: slow, of: session, in: self).begin(on: loop)
        }
        (holder as? any Held)?.giveBack(on: loop)
        return true
    }

    private func finish(on loop: isolated EventLoop) {
        guard let body = session.body, session.close() else { return }
        let report = SessionReport(
            id: session.id, kind: session.kind, owner: session.owner, peer: peer, ending: ending,
            lasted: began - session.registry.instant(of: session.id), givenBack: givenBack,
            took: loop.now - began, leaked: leaked, overdue: overdue)
        session.registry.closed(session, report, on: loop)
        body.closed(report, on: loop)
    }
}
