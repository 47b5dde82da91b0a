import Synchronization

/// What went through the sockets of a listener, counted as it happens; read by the metrics.
package final class Traffic: Sendable {
    private let bytesIn = Atomic<Int>(0)
    private let bytesOut = Atomic<Int>(0)
    private let openNow = Atomic<Int>(0)
    private let webSocketsNow = Atomic<Int>(0)
    private let acceptedEver = Atomic<Int>(0)
    private let turnedAwayEver = Atomic<Int>(0)
    private let cutEver = Mutex([Int](repeating: 0, count: WebSocketClosure.Cause.allCases.count))

    package init() {}

    package var received: Int { bytesIn.load(ordering: .relaxed) }
    package var sent: Int { bytesOut.load(ordering: .relaxed) }
    /// Connections that are open, WebSockets among them.
    package var open: Int { openNow.load(ordering: .relaxed) }
    package var webSockets: Int { webSocketsNow.load(ordering: .relaxed) }
    package var accepted: Int { acceptedEver.load(ordering: .relaxed) }
    /// Closed at once because a limit was reached.
    package var turnedAway: Int { turnedAwayEver.load(ordering: .relaxed) }

    /// WebSockets that were reset: what was said before was in the way of a close frame, or the close frame itself
    /// was not taken.
    package func cut(for cause: WebSocketClosure.Cause) -> Int { cutEver.withLock { $0[cause.rawValue] } }

    func received(_ count: Int) { bytesIn.add(count, ordering: .relaxed) }
    func sent(_ count: Int) { bytesOut.add(count, ordering: .relaxed) }
    func opened() {
        acceptedEver.add(1, ordering: .relaxed)
        openNow.add(1, ordering: .relaxed)
    }
    func closed() { openNow.subtract(1, ordering: .relaxed) }
    func upgraded() { webSocketsNow.add(1, ordering: .relaxed) }
    func webSocketClosed() { webSocketsNow.subtract(1, ordering: .relaxed) }
    func cut(_ cause: WebSocketClosure.Cause) { cutEver.withLock { $0[cause.rawValue] += 1 } }
    func turnedOneAway() { turnedAwayEver.add(1, ordering: .relaxed) }
}
