import Loop
import Sessions
import Transport
import Wire

/// A connection that speaks HTTP, as a session: from its being accepted to its end, or until a WebSocket or a
/// stream of events takes the session over.
final class ConnectionSession: SessionBody, SlowHeld, ConnectionKeeper {
    /// The listener cuts what is not done when the time to drain is over, which is 10 minutes at the most.
    private static let longestDrain = Duration.seconds(11 * 60)

    private let connection: Connection
    private(set) var session: Session?
    private var receipt: Receipt?
    private var isDraining = false

    private init(_ connection: Connection) { self.connection = connection }

    static func open(
        _ connection: Connection, in sessions: Sessions, on loop: isolated EventLoop
    ) -> ConnectionSession {
        let body = ConnectionSession(connection)
        let session = sessions.registry(on: loop).open(.connection, owner: nil, body: body, on: loop)
        body.session = session
        _ = session.opened(on: loop)
        return body
    }

    // MARK: The connection

    func ended(_ end: ConnectionEnd, on loop: isolated EventLoop) {
        session?.end(Ending(of: end), on: loop)
        settle(on: loop)
    }

    func handlerEnded(on loop: isolated EventLoop) { settle(on: loop) }

    /// All is given back when the connection has ended and no handler is at work.
    private func settle(on loop: isolated EventLoop) {
        guard connection.isOver, let receipt else { return }
        self.receipt = nil
        receipt.given(on: loop)
    }

    // MARK: The session

    var peer: String { connection.peer.host }
    var holding: Holdings { connection.holding }
    var patience: Duration { isDraining ? Self.longestDrain : connection.longestEnd }

    /// A server that goes down lets requests be answered; whoever else ends a connection means it.
    func closing(_ ending: Ending, on loop: isolated EventLoop) {
        isDraining = ending.reason == .serverShutdown
        guard !isDraining else { return connection.drain(on: loop) }
        let sentence = "The connection was ended: \(ending.closeText)."
        connection.end(HTTPError(.serviceUnavailable, sentence), on: loop)
    }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        self.receipt = receipt
        settle(on: loop)
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) { session = nil }
}

extension Connection {
    /// What its session holds by it.
    var holding: Holdings {
        var holding: Holdings = [.task: isHandling ? 1 : 0]
        if isOpen { holding += [.descriptor: 1, .watch: 1, .timer: hasTimer ? 1 : 0] }
        return holding
    }

    var isOver: Bool { !isOpen && !isHandling }
}

extension Request {
    /// The session of the connection that it came over; nil where it came over none, or that has ended.
    var session: Session? { (keeper as? ConnectionSession)?.session }
}
