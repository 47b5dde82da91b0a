import Loop
import Sessions
package import Transport
package import Wire

/// How a page is told that it cannot have a WebSocket.
///
/// A page cannot see the status of a refused upgrade, only 1006, and comes again for ever: so a page that may know
/// is let in and told at once, with 4400 + the last two digits of the status, and the reason. Anybody else gets the
/// status and the problem document before the upgrade; so does a page of a foreign origin, which learns nothing.
package enum Refusal {
    /// Nil for a request that is no proper handshake: it cannot be let in, not even to be told.
    package static func overWebSocket(_ error: HTTPError, _ head: HTTPRequestHead) -> Response? {
        let ending = Ending.refused(status: Int(error.status.code), error.sentence)
        let upgrade = try? WebSocketUpgrade(
            head, subprotocol: head.subprotocol, handler: RefusedSocket(ending))
        return upgrade.map { .webSocket($0) }
    }
}

/// Says why, and closes.
private final class RefusedSocket: WebSocketHandler {
    private let ending: Ending

    init(_ ending: Ending) { self.ending = ending }

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        unsafe LiveMessage.end(ending).withUnsafeBytes { unsafe socket.send(.text, $0, on: loop) }
        socket.close(ending.webSocketCode, ending.closeText, on: loop)
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {}
}
