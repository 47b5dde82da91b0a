import Glibc

/// Where a loop gets the time from: the system's monotonic clock, or one that a test turns by hand.
package protocol LoopClock: Sendable {
    var now: Instant { get }

    /// How long the loop may sleep when `deadline` is the next thing due; nil: until it is woken.
    func sleep(until deadline: Instant) -> Duration?

    /// Called once by each loop on this clock. A clock that is turned by hand calls `wake` after each turn.
    func join(wake: @escaping @Sendable () -> Void)
}

/// The system's monotonic clock.
package struct SystemClock: LoopClock {
    package init() {}

    package var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    package func sleep(until deadline: Instant) -> Duration? {
        deadline == .distantFuture ? nil : max(.zero, deadline - now)
    }

    package func join(wake: @escaping @Sendable () -> Void) {}
}
