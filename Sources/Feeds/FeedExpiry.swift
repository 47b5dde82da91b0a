import Loop

/// The clock of a feed that ends when it is left alone. Lives on the feed's loop, until it fires for good or is
/// cancelled.
final class FeedExpiry: TimerHandler {
    /// Says when to ask again, or nil when it is over.
    private let check: @Sendable (isolated EventLoop) -> Instant?
    private var timer: TimerToken?

    init(
        after span: Duration, on loop: isolated EventLoop,
        check: @escaping @Sendable (isolated EventLoop) -> Instant?
    ) {
        self.check = check
        timer = loop.arm(self, after: span)
    }

    func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        if let next = check(loop) { self.timer = loop.arm(self, at: next) }
    }

    func cancel(on loop: isolated EventLoop) {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
