package import Loop

/// What says the body of an answer that goes on, such as Server-Sent Events. Lives on the connection's loop.
package protocol ResponseSource: AnyObject {
    /// The head is on its way; the first bytes may be written.
    func opened(_ stream: ResponseStream, on loop: isolated EventLoop)

    /// The socket has taken everything: the place to go on writing.
    func drained(_ stream: ResponseStream, on loop: isolated EventLoop)

    /// The answer is over, by `finish`, by the peer or by a deadline. Nothing is called after this.
    func ended(_ stream: ResponseStream, _ end: ResponseEnd, on loop: isolated EventLoop)
}

/// How an answer came to its end.
package enum ResponseEnd: Equatable, Sendable {
    /// All of it was handed to the socket.
    case complete
    /// The peer went away before.
    case lost(String)
    /// The server ended the connection before.
    case cut(String)
    /// The peer took nothing for too long.
    case notReading
}

/// Where the source of an answer writes.
package struct ResponseStream {
    private let http: HTTPConnection

    init(_ http: HTTPConnection) { self.http = http }

    /// What it is an answer on.
    package var connection: Connection { Connection(http) }

    /// Whether the socket has taken everything, so that more may be written without queueing.
    package var isDrained: Bool { http.isDrained }

    package func write(_ bytes: UnsafeRawBufferPointer, on loop: isolated EventLoop) {
        unsafe http.writeStream(bytes, on: loop)
    }

    /// The body is complete.
    package func finish(on loop: isolated EventLoop) { http.finishStream(on: loop) }

    /// Cuts the connection: the answer cannot be completed.
    package func abort(_ reason: String, on loop: isolated EventLoop) {
        http.giveBack(.failed(reason), on: loop)
    }
}
