/// What a decoder holds while a frame or a message has come in part. A connection at rest has none.
final class WebSocketAssembly {
    /// A frame whose header has been read and whose payload has not come whole.
    struct Frame {
        let opcode: WebSocketOpcode
        let isFinal: Bool
        /// Turned so that its first byte belongs to the next payload byte.
        var key: UInt32
        var remaining: Int

        init(_ header: WebSocketFrameHeader) {
            opcode = header.opcode
            isFinal = header.isFinal
            key = header.key
            remaining = header.length
        }
    }

    /// A message whose first frame has begun and whose last has not ended.
    struct Message {
        let kind: WebSocketMessageKind
        let isCompressed: Bool
        var text = UTF8Validator()
    }

    /// The first bytes of a header that was cut.
    var header = ByteStore()
    var frame: Frame?
    var message: Message?
    /// The open message so far, decompressed; after its end, until the next call, what was handed out.
    var payload = ByteStore()
    /// A control frame that was cut.
    var control = ByteStore()

    /// How much of `payload` was there when somebody looked last.
    var seen = 0

    func clear() {
        payload.removeAll()
        seen = 0
    }

    /// Whether nothing is begun.
    var isAtRest: Bool { header.count == 0 && frame == nil && message == nil }
}
