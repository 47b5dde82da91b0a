import CBytes

/// Turns received bytes into messages, in place, in any portions, and refuses what RFC 6455 forbids at the
/// byte that breaks the rule.
///
/// Give it all that was received and ask until it has no more:
///
///     var bytes = received
///     while let event = try decoder.next(&bytes) { … }
///
/// Every byte is taken: what is cut (a header, a message) is kept by the decoder, so the receive buffer can be
/// shared by all connections of a loop. A whole uncompressed message is unmasked where it lies and handed out
/// as a part of the receive buffer, without a copy or an allocation; anything else goes through an assembly
/// that exists only while it is needed. Messages before a faulty frame are handed out before its error is
/// thrown. After an error or a close frame all further bytes are dropped.
@safe package struct WebSocketDecoder: ~Copyable {
    enum Phase: UInt8 {
        /// Between messages: the next byte begins a header.
        case rest
        /// The assembly says where.
        case amid
        /// Nothing more is read.
        case ended
    }

    let limits: WebSocketLimits
    var assembly: WebSocketAssembly?
    var inflater: Inflater?
    var phase = Phase.rest
    /// 0x80 where frames must be masked, 0 where they must not be.
    let maskBit: UInt8
    /// How the peer compresses, if it does: the window's bits, or 0.
    let inflateBits: UInt8
    let keepsContext: Bool

    package init(
        role: WebSocketRole, limits: WebSocketLimits = WebSocketLimits(), deflate: PermessageDeflate? = nil
    ) {
        self.limits = limits
        maskBit = role == .server ? 0x80 : 0
        let peer = deflate.map { role == .server ? $0.client : $0.server }
        inflateBits = peer.map { UInt8($0.windowBits) } ?? 0
        keepsContext = peer?.keepsContext ?? false
    }

    /// How much of a message that has begun came since this was asked last.
    package mutating func progress() -> Int {
        guard let assembly else { return 0 }
        defer { assembly.seen = assembly.payload.count }
        return assembly.payload.count - assembly.seen
    }

    package var isClient: Bool { maskBit == 0 }
    var role: WebSocketRole { isClient ? .client : .server }

    /// The next event in `input`, which loses from its front what was taken. Nil when all was taken.
    ///
    /// Whole, short, unfragmented, uncompressed messages are decoded right here.
    package mutating func next(
        _ input: inout UnsafeMutableRawBufferPointer
    ) throws(WebSocketError) -> WebSocketEvent? {
        if input.count == 0, phase == .rest, assembly == nil { return nil }
        // The loads below lie under checks of `input.count`; `base` is not nil because it is at least 2.
        guard phase == .rest, input.count >= 2 else { return try unsafe nextSlowly(&input) }
        let base = unsafe input.baseAddress.unsafelyUnwrapped
        let first = unsafe base.load(as: UInt8.self)
        guard first == 0x81 || first == 0x82 else { return try unsafe nextSlowly(&input) }

        // A wrong mask bit makes this 128 or more, which is left to the slow path like every other oddity.
        var length = unsafe Int(base.load(fromByteOffset: 1, as: UInt8.self) ^ maskBit)
        var header = 2 &+ Int(maskBit &>> 5)
        if length > 125 {
            guard length == 126, input.count >= 4 else { return try unsafe nextSlowly(&input) }
            length = unsafe Int(UInt16(bigEndian: base.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length > 125 else { return try unsafe nextSlowly(&input) }
            header &+= 2
        }
        let size = header &+ length
        guard size <= input.count, length <= limits.message, length <= limits.frame else {
            return try unsafe nextSlowly(&input)
        }

        let payload = unsafe base + header
        let isASCII: Bool
        if maskBit != 0 {
            let key = unsafe base.loadUnaligned(fromByteOffset: header &- 4, as: UInt32.self)
            isASCII = unsafe hf_mask(payload, payload, length, key) == 0
        } else {
            isASCII = unsafe first != 0x81 || hf_not_ascii(payload, length) == 0
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: payload, count: length)
        if first == 0x81 && !isASCII { try unsafe requireText(bytes) }
        unsafe input = UnsafeMutableRawBufferPointer(start: base + size, count: input.count &- size)
        return unsafe .message(first == 0x81 ? .text : .binary, bytes)
    }

    mutating func requireText(_ bytes: UnsafeRawBufferPointer) throws(WebSocketError) {
        guard unsafe UTF8Validator.isValid(bytes) else {
            end()
            throw .invalidUTF8
        }
    }

    /// Whether something has been begun: a peer that stays silent now is not idle, it is stuck.
    package var isAmidMessage: Bool { phase == .amid }

    mutating func end() {
        phase = .ended
        assembly = nil
        inflater = nil
    }
}
