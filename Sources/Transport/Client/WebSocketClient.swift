package import Loop
package import Wire

/// Whoever sends more over a `WebSocketClient` than may be queued. Lives on its loop.
package protocol WebSocketSender: AnyObject {
    /// The socket has taken all that was sent: the place to go on.
    func drained(on loop: isolated EventLoop)
}

/// A WebSocket for code that asks rather than listens: what comes waits until it is received.
///
/// While more than `inboxBytes` wait, nothing is read from the connection. Its owner calls `close`, or
/// `abort`, and the connection is over when `receive` says `.closed`.
package final class WebSocketClient {
    package enum Arrival: Equatable, Sendable {
        case message(WebSocketMessageKind, [UInt8])
        /// The connection is over; nothing comes after this, and it is said again whenever asked for.
        case closed(WebSocketClosure)
    }

    private static let inboxBytes = 1 << 20

    package private(set) var subprotocol: String?
    /// What the server said with its agreement.
    package private(set) var headers: HTTPHeaders = [:]
    /// Whoever sends much.
    package weak var sender: (any WebSocketSender)?
    private var socket: WebSocket?
    private var inbox: [(kind: WebSocketMessageKind, payload: [UInt8])] = []
    private var taken = 0
    private var waitingBytes = 0
    private var closure: WebSocketClosure?
    private var isInterrupted = false
    private let arrival = Waiter()

    private init() {}

    package static func connect(
        _ request: WebSocketRequest, by dialler: Dialler = Dialler(),
        policy: TransportPolicy = TransportPolicy(), until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> WebSocketClient {
        let client = WebSocketClient()
        let (socket, subprotocol, headers) = try await WebSocket.connect(
            request, by: dialler, policy: policy, handler: client, until: deadline, on: loop)
        client.subprotocol = subprotocol
        client.headers = headers
        client.socket = client.closure == nil ? socket : nil
        return client
    }

    package var isOpen: Bool { socket?.isOpen ?? false }

    /// Whether the socket has taken all that was sent, so that more may be. When it has not, `sender` is told.
    package var isDrained: Bool { socket.map { $0.isOpen && $0.isDrained } ?? false }

    /// What came next: a message, or the end.
    package func receive(
        until deadline: Instant, on loop: isolated EventLoop
    ) async throws(ClientError) -> Arrival {
        while taken == inbox.count {
            if let closure { return .closed(closure) }
            if isInterrupted {
                isInterrupted = false
                throw .expired("a message came")
            }
            switch await arrival.wait(until: deadline, on: loop) {
            case .signalled: continue
            case .expired: throw .expired("a message came")
            case .cancelled: throw .cancelled
            }
        }
        let (kind, payload) = inbox[taken]
        inbox[taken].payload = []
        taken += 1
        waitingBytes -= payload.count
        if taken == inbox.count {
            inbox.removeAll(keepingCapacity: true)
            taken = 0
        }
        if waitingBytes <= Self.inboxBytes / 2 { socket?.resumeReading(on: loop) }
        return .message(kind, payload)
    }

    /// Ends a wait in `receive`, the one under way or the next, as if its deadline had come.
    package func interrupt(on loop: isolated EventLoop) {
        isInterrupted = true
        arrival.signal(on: loop)
    }

    /// Sends a message. Queued when the socket takes no more; lost when the connection is closing.
    package func send(_ kind: WebSocketMessageKind, _ payload: [UInt8], on loop: isolated EventLoop) {
        unsafe payload.withUnsafeBytes { unsafe socket?.send(kind, $0, on: loop) }
    }

    package func send(text: String, on loop: isolated EventLoop) { socket?.send(text: text, on: loop) }

    /// Begins the closing handshake; `receive` says when it is done.
    package func close(
        _ code: WebSocketCloseCode = .normal, _ reason: String = "", on loop: isolated EventLoop
    ) {
        socket?.resumeReading(on: loop)
        socket?.close(code, reason, on: loop)
    }

    /// Ends at once.
    package func abort(on loop: isolated EventLoop) {
        socket?.abort(.ours, .goingAway, "The client went away", on: loop)
    }
}

extension WebSocketClient: WebSocketHandler {
    package func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        inbox.append((kind, unsafe Array(payload)))
        waitingBytes += payload.count
        if waitingBytes > Self.inboxBytes { socket.holdReading(on: loop) }
        arrival.signal(on: loop)
    }

    package func drained(_ socket: WebSocket, on loop: isolated EventLoop) { sender?.drained(on: loop) }

    package func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        self.closure = closure
        self.socket = nil
        arrival.signal(on: loop)
    }
}
