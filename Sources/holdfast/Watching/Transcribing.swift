import Loop
import Sessions
import Wire

/// What is made of the messages that come over the connections of one following, and where a new connection goes on.
/// Lives on the loop of the following.
protocol Transcribing {
    /// What the next connection asks for.
    var query: QueryText { get }
    /// The ending that the server announced over the connection that there is.
    var end: Ending? { get }
    /// Whether all came that was wanted.
    var isComplete: Bool { get }

    /// A new connection begins, with what the server said when it agreed to it.
    mutating func begin(_ headers: HTTPHeaders)

    /// A message; what is to be printed of it goes to `output`.
    mutating func add(
        _ kind: WebSocketMessageKind, _ payload: [UInt8], to output: inout [UInt8],
        on loop: isolated EventLoop)

    /// The connection has taken all that was sent.
    mutating func drained(on loop: isolated EventLoop)
}

extension Transcribing {
    func drained(on loop: isolated EventLoop) {}
}
