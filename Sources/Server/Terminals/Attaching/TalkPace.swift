import Loop

/// How often a peer may say something of itself: so many times at once, and as many in each second.
struct TalkPace {
    private let most: Int64
    /// When all that was said is paid for.
    private var due = Int64.min

    init(most: Int) { self.most = Int64(most) }

    /// Counts one more; false when there were too many of late.
    mutating func mayContinue(at now: Instant) -> Bool {
        let (time, step) = (now.nanoseconds, 1_000_000_000 / most)
        due = max(due, time - step) + step
        return due - time < 1_000_000_000
    }
}
