package import Loop

/// Who answers for a connection as a whole, from its being accepted to its end. It is there with each request
/// (`Request.keeper`). Of a connection that goes on as a WebSocket it is told nothing more: that has its handler.
package protocol ConnectionKeeper: AnyObject {
    /// The connection has given back its socket and its timer. Called once.
    func ended(_ end: ConnectionEnd, on loop: isolated EventLoop)

    /// A handler that was still at work when the connection ended has come to its end too.
    func handlerEnded(on loop: isolated EventLoop)
}
