import Glibc
import Loop

/// What people and init systems tell a server by signals, for the one task that waits for it.
final class ServerSignals: SignalHandler {
    enum Word: Sendable {
        case stop
        case reload
    }

    private var heard: [Word] = []
    private let arrival = Waiter()
    private var signals: Signals?

    init(on loop: isolated EventLoop) throws(SystemError) {
        signals = try Signals([SIGTERM, SIGINT, SIGHUP], telling: self, on: loop)
    }

    func received(_ signal: CInt, on loop: isolated EventLoop) {
        heard.append(signal == SIGHUP ? .reload : .stop)
        arrival.signal(on: loop)
    }

    /// The next word; a server may wait for it as long as it lives.
    func next(on loop: isolated EventLoop) async -> Word {
        while heard.isEmpty {
            if case .cancelled = await arrival.wait(until: .distantFuture, on: loop) { return .stop }
        }
        return heard.removeFirst()
    }

    func close(on loop: isolated EventLoop) {
        signals?.close(on: loop)
        signals = nil
    }
}
