package import Loop

/// What a session is the life of: a connection, a task, a terminal. It has the session, and the session has
/// it until it is closed. Lives on the session's loop.
///
/// What it holds itself is given back last; it is a `Held` or a `SlowHeld` when there is such a thing.
package protocol SessionBody: Holder {
    /// Whom or what it is about, as far as it sees, for people; asked only when sessions are listed or audited.
    var peer: String { get }

    /// The end has begun, and all is still held: the time for last words.
    func closing(_ ending: Ending, on loop: isolated EventLoop)

    /// The end will come for `reason` at this time unless something happens.
    func expiring(_ reason: EndingReason, at deadline: Instant, on loop: isolated EventLoop)

    /// The end has come and all is given back. Called exactly once.
    func closed(_ report: SessionReport, on loop: isolated EventLoop)
}

extension SessionBody {
    package var holding: Holdings { .none }
    package func closing(_ ending: Ending, on loop: isolated EventLoop) {}
    package func expiring(_ reason: EndingReason, at deadline: Instant, on loop: isolated EventLoop) {}
    package func closed(_ report: SessionReport, on loop: isolated EventLoop) {}
}
