package import Loop
package import Transport
package import Wire

/// Answers every upgrade with a WebSocket that sends back what it hears.
package struct EchoService: RequestHandler {
    package init() {}

    package func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        do throws(HTTPError) {
            return .webSocket(try WebSocketUpgrade(request.head, handler: Echo()))
        } catch {
            return .problem(error, id: request.id)
        }
    }

    package func finished(_ exchange: Exchange, on loop: isolated EventLoop) {}
}

package final class Echo: WebSocketHandler {
    /// Signalled when the connection is over.
    package let end = Waiter()

    package init() {}

    package func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        unsafe socket.send(kind, payload, on: loop)
    }

    package func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        end.signal(on: loop)
    }
}
