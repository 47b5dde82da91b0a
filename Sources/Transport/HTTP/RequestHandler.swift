package import Loop

/// What a server does with requests: the one seam between the sockets and the floors above.
package protocol RequestHandler: Sendable {
    /// A connection was accepted. Who answers for it, where somebody does.
    func opened(_ connection: Connection, on loop: isolated EventLoop) -> (any ConnectionKeeper)?

    /// Called once for each request, on the loop of its connection. The task is cancelled when the peer has
    /// gone or the request's deadline has come; what it returns then is thrown away.
    func respond(to request: Request, on loop: isolated EventLoop) async -> Response

    /// Called once for each answer, when it has been handed to the socket whole or given up.
    func finished(_ exchange: Exchange, on loop: isolated EventLoop)
}

extension RequestHandler {
    package func opened(_ connection: Connection, on loop: isolated EventLoop) -> (any ConnectionKeeper)? {
        nil
    }
}
