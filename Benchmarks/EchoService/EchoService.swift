import Loop
import Transport
import Wire

/// Answers every upgrade with a WebSocket that sends back what it hears.
struct EchoService: RequestHandler {
    func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        do throws(HTTPError) {
            return .webSocket(try WebSocketUpgrade(request.head, handler: Echo()))
        } catch {
            return .problem(error, id: request.id)
        }
    }

    func finished(_ exchange: Exchange, on loop: isolated EventLoop) {}
}

final class Echo: WebSocketHandler {
    /// Signalled when the connection is over.
    let end = Waiter()

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        unsafe socket.send(kind, payload, on: loop)
    }

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        end.signal(on: loop)
    }
}
