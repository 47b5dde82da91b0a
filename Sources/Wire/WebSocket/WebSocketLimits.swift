/// How much a peer may send in one piece. What is longer ends the connection with 1009.
package struct WebSocketLimits: Sendable, Equatable {
    // Every connection has its limits with it, so they are small.
    private let messageBytes: UInt32
    private let frameBytes: UInt32

    package init(message: Int = 16 << 20, frame: Int? = nil) {
        precondition(
            message >= 0 && message <= 1 << 31, "a message limit is between nothing and two gibibytes")
        messageBytes = UInt32(message)
        frameBytes = UInt32(clamping: frame ?? message + message / 8 + 1024)
    }

    /// Bytes of one message, after decompression.
    package var message: Int { Int(messageBytes) }

    /// Bytes of one data frame on the wire. A compressed message can be a little longer than what it holds.
    package var frame: Int { Int(frameBytes) }
}
