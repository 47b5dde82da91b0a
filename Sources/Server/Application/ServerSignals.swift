import Glibc
import Loop

/// What people and init systems tell a server by signals, for the one task that waits for it.
final class ServerSignals: SignalHandler {
    enum Word: Sendable {
        /// SIGTERM or SIGINT, whichever it was.
        case stop(CInt)
        case reload
    }

    private var heard: [Word] = []
    private let arrival = Waiter()
    private var signals: Signals?

    private init(on loop: isolated EventLoop) throws(SystemError) {
        signals = try Signals([SIGTERM, SIGINT, SIGHUP], telling: self, on: loop)
    }

    /// Hears from now on, and what came since the program began.
    static func open(on loop: isolated EventLoop) throws(SystemError) -> LoopBound<ServerSignals> {
        LoopBound(try ServerSignals(on: loop), on: loop)
    }

    func received(_ signal: CInt, on loop: isolated EventLoop) {
        heard.append(signal == SIGHUP ? .reload : .stop(signal))
        arrival.signal(on: loop)
    }

    /// The next word; a server may wait for it as long as it lives. Nil when its task is cancelled.
    func next(on loop: isolated EventLoop) async -> Word? {
        while heard.isEmpty {
            if case .cancelled = await arrival.wait(until: .distantFuture, on: loop) { return nil }
        }
        return heard.removeFirst()
    }

    func close(on loop: isolated EventLoop) {
        signals?.close(on: loop)
        signals = nil
    }
}
