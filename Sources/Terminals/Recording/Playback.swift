package import Loop

/// When the events of a recording are due, for somebody who pauses now and then.
package struct Playback: Sendable {
    private let speed: Double
    private let idleLimit: Duration?
    private var last = Duration.zero
    private var due: Instant?
    private var pausedAt: Instant?

    /// - Parameters:
    ///   - speed: how many times as fast.
    ///   - idleLimit: the longest time from one event to the next, before it is sped up.
    package init(speed: Double, idleLimit: Duration?) {
        self.speed = speed
        self.idleLimit = idleLimit
    }

    /// The event at `time` is the next.
    package mutating func expect(_ time: Duration, now: Instant) {
        let whole = max(time - last, .zero)
        due = (due ?? now) + (idleLimit.map { min($0, whole) } ?? whole) / speed
        last = time
    }

    /// Pauses, or goes on.
    package mutating func toggle(now: Instant) {
        if let began = pausedAt.take() {
            due = due.map { $0 + (now - began) }
        } else {
            pausedAt = now
        }
    }

    package var isPaused: Bool { pausedAt != nil }

    /// When the next event is due, as it stands; never while it is paused.
    package var deadline: Instant { pausedAt == nil ? due ?? .distantFuture : .distantFuture }
}
