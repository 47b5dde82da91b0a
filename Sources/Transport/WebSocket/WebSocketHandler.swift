package import Loop
package import Wire

/// Who a WebSocket belongs to: what it says is heard here, and its end is told here, exactly once.
package protocol WebSocketHandler: AnyObject {
    /// The handshake is done; the first message may be sent.
    func opened(_ socket: WebSocket, on loop: isolated EventLoop)

    /// A whole message. Its bytes are lent for the call.
    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop)

    /// Everything that was queued has been taken by the socket: the place to go on sending.
    func drained(_ socket: WebSocket, on loop: isolated EventLoop)

    /// The connection is over and has given back all that it held. Nothing is called after this.
    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop)
}

extension WebSocketHandler {
    package func opened(_ socket: WebSocket, on loop: isolated EventLoop) {}
    package func drained(_ socket: WebSocket, on loop: isolated EventLoop) {}
}
