/// How much a peer may send in one piece. What is longer ends the connection with 1009.
package struct WebSocketLimits: Sendable, Equatable {
    /// Bytes of one message, after decompression.
    package let message: Int
    /// Bytes of one data frame on the wire. A compressed message can be a little longer than what it holds.
    package let frame: Int

    package init(message: Int = 16 << 20, frame: Int? = nil) {
        precondition(message >= 0 && message <= 1 << 40, "A message limit is between nothing and a terabyte")
        self.message = message
        self.frame = frame ?? message + message / 8 + 1024
    }
}
