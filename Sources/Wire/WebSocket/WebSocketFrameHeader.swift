/// The first 2 to 14 bytes of a frame, read and found lawful.
struct WebSocketFrameHeader {
    let opcode: WebSocketOpcode
    let isFinal: Bool
    /// RSV1 on a data frame: the message is compressed (RFC 7692, 6).
    let isCompressed: Bool
    /// Zero when the frame is not masked.
    let key: UInt32
    let length: Int
    /// Of the header itself.
    let size: Int

    static let longest = 14

    /// What is lawful depends on the connection and on the frames before.
    struct Rules {
        let role: WebSocketRole
        let mayCompress: Bool
        let isInsideMessage: Bool
    }

    /// Reads a header from the start of `bytes`; nil when it is not all there. A rule that is broken in what
    /// is there already is told at once.
    init?(_ bytes: UnsafeRawBufferPointer, _ rules: Rules) throws(WebSocketError) {
        guard bytes.count > 0 else { return nil }
        // Every load below lies under a check of `bytes.count`.
        let first = unsafe bytes.load(as: UInt8.self)
        opcode = try Self.opcode(first, rules)
        isFinal = first & 0x80 != 0
        isCompressed = first & 0x40 != 0

        guard bytes.count > 1 else { return nil }
        let second = unsafe bytes.load(fromByteOffset: 1, as: UInt8.self)
        let isMasked = try Self.isMasked(second, rules)
        let short = Int(second & 0x7F)
        if opcode.isControl, short > 125 {
            throw .protocolError("Control frame is longer than 125 bytes")
        }
        let lengthSize = short == 126 ? 2 : short == 127 ? 8 : 0
        guard bytes.count >= 2 + lengthSize else { return nil }
        length = lengthSize == 0 ? short : try unsafe Self.extendedLength(bytes, lengthSize)

        size = 2 + lengthSize + (isMasked ? 4 : 0)
        guard bytes.count >= size else { return nil }
        key = isMasked ? unsafe bytes.loadUnaligned(fromByteOffset: size - 4, as: UInt32.self) : 0
    }

    private static func opcode(_ first: UInt8, _ rules: Rules) throws(WebSocketError) -> WebSocketOpcode {
        guard first & 0x30 == 0 else { throw .protocolError("Reserved bit is set") }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else {
            throw .protocolError("Reserved opcode")
        }
        if first & 0x40 != 0 {
            guard rules.mayCompress else { throw .protocolError("Reserved bit is set") }
            guard opcode == .text || opcode == .binary else {
                throw .protocolError("Only the first frame of a message says that it is compressed")
            }
        }
        if opcode.isControl {
            guard first & 0x80 != 0 else { throw .protocolError("Control frame is fragmented") }
        } else if opcode == .continuation {
            guard rules.isInsideMessage else { throw .protocolError("Continuation of no message") }
        } else {
            guard !rules.isInsideMessage else { throw .protocolError("New message inside a message") }
        }
        return opcode
    }

    private static func isMasked(_ second: UInt8, _ rules: Rules) throws(WebSocketError) -> Bool {
        let isMasked = second & 0x80 != 0
        switch rules.role {
        case .server: guard isMasked else { throw .protocolError("Frame from a client is not masked") }
        case .client: guard !isMasked else { throw .protocolError("Frame from a server is masked") }
        }
        return isMasked
    }

    /// The caller has checked that `size` bytes follow the first two.
    private static func extendedLength(
        _ bytes: UnsafeRawBufferPointer, _ size: Int
    ) throws(WebSocketError) -> Int {
        if size == 2 {
            let length = Int(
                unsafe UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            guard length >= 126 else { throw .protocolError("Frame length is not in its shortest form") }
            return length
        }
        let length = unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
        guard length <= UInt64(Int.max) else { throw .protocolError("Frame length has its highest bit set") }
        guard length >= 65536 else { throw .protocolError("Frame length is not in its shortest form") }
        return Int(length)
    }
}
