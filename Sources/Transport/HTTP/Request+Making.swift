package import Loop
package import Wire

extension Request {
    /// A request that came through no socket: one that a program asks of itself, or a test.
    package init(
        _ head: HTTPRequestHead, body bytes: [UInt8] = [], from peer: SocketAddress, isSecure: Bool = false,
        on loop: isolated EventLoop
    ) {
        let body = RequestBody(connection: nil)
        unsafe bytes.withUnsafeBytes { unsafe body.arrived($0, on: loop) }
        body.arrivedWhole(on: loop)
        self.init(
            head: head, body: body, peer: peer, isSecure: isSecure, receivedAt: loop.now, id: RequestID(),
            keeper: nil)
    }
}
