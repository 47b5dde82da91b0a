import Loop
import Sessions
import Transport
import Wire

/// A WebSocket that is accepted to be told why it cannot be had. For its session it stays the connection that it
/// was: nobody became anybody's listener.
final class RefusedSocket: WebSocketHandler, SessionBody, SlowHeld {
    private let ending: Ending
    private let session: Session
    private let asker: String?
    private var socket: WebSocket?
    private var receipt: Receipt?

    init(_ ending: Ending, _ session: Session, asker: String?) {
        self.ending = ending
        self.session = session
        self.asker = asker
    }

    // MARK: The socket

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        self.socket = socket
        session.become(.connection, owner: session.owner, body: self, for: asker, on: loop)
        session.end(ending, on: loop)
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        receipt?.given(on: loop)
        receipt = nil
    }

    // MARK: The session

    var peer: String { socket?.peer ?? "" }

    var holding: Holdings {
        socket?.isOver ?? true ? .none : [.descriptor: 1, .watch: 1, .timer: 1]
    }

    var patience: Duration { socket?.longestEnd ?? .zero }

    func closing(_ ending: Ending, on loop: isolated EventLoop) { socket?.end(ending, on: loop) }

    func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        guard socket?.isOver == false else { return receipt.given(on: loop) }
        self.receipt = receipt
    }

    func closed(_ report: SessionReport, on loop: isolated EventLoop) { socket = nil }
}
