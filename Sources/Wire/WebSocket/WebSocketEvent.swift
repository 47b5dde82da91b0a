/// What a message is made of, as its sender declared it.
package enum WebSocketMessageKind: UInt8, Sendable {
    case text = 1
    case binary = 2
}

/// What a decoder found. The bytes lie in the caller's receive buffer or in the decoder, and are valid until
/// the next call of `WebSocketDecoder.next` or the next change of the receive buffer.
@unsafe package enum WebSocketEvent {
    /// A whole message. Text is valid UTF-8.
    case message(WebSocketMessageKind, UnsafeRawBufferPointer)
    case ping(UnsafeRawBufferPointer)
    case pong(UnsafeRawBufferPointer)
    /// The peer is done; nothing after it is decoded. No code means that it gave none. The reason is valid UTF-8.
    case close(WebSocketCloseCode?, reason: UnsafeRawBufferPointer)
}
