package import Loop
import Synchronization

/// A clock that a test turns by hand, so that a connection that lives for 30 days takes a millisecond.
package final class ManualClock: LoopClock {
    private struct State {
        var now = Instant(nanoseconds: 1_000_000_000)
        var wakes: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    package init() {}

    package var now: Instant { state.withLock { $0.now } }

    /// A loop on this clock sleeps until it is woken: time passes only by `advance`.
    package func sleep(until deadline: Instant) -> Duration? { deadline <= now ? .zero : nil }

    package func join(wake: @escaping @Sendable () -> Void) { state.withLock { $0.wakes.append(wake) } }

    /// Turns the clock, and wakes every loop that lives by it.
    package func advance(by span: Duration) {
        let wakes = state.withLock { state in
            state.now = state.now + span
            return state.wakes
        }
        for wake in wakes { wake() }
    }
}
