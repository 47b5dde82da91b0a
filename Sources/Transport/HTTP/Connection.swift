package import Loop
package import Wire

/// An accepted connection, as whoever answers for it as a whole sees it. Lives on its loop.
package struct Connection {
    let http: HTTPConnection

    init(_ http: HTTPConnection) { self.http = http }

    package var peer: SocketAddress { http.peer }

    /// Whether it has its socket, which the loop watches. A WebSocket has taken it over.
    package var isOpen: Bool { http.phase != .closed }

    package var hasTimer: Bool { http.hasTimer }

    /// Whether a handler is at work for it, one that was cancelled among them.
    package var isHandling: Bool { http.handlers > 0 }

    /// The longest that an end may take which its answer, begun or not, goes before.
    package var longestEnd: Duration {
        http.policy.values.writeStalled + http.policy.values.linger + .seconds(1)
    }

    /// From now on `keeper` answers for it.
    package func hand(to keeper: any ConnectionKeeper) { http.keeper = keeper }

    /// Ends it. A handler at work is cancelled, and its request answered with `error`; an answer that has begun
    /// stays incomplete, and its peer sees that it is.
    package func end(_ error: HTTPError, on loop: isolated EventLoop) { http.end(error, on: loop) }

    /// Ends it with the answer that is being made or given; at once where there is none.
    package func drain(on loop: isolated EventLoop) { http.drain(on: loop) }
}
