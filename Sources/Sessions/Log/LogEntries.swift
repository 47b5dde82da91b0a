package import Wire

/// One entry as its log holds it. Lent like the slice it comes from.
@safe package struct LogEntry {
    package let seq: UInt64
    package let kind: WebSocketMessageKind
    /// What a WebSocket message of it says.
    package let payload: UnsafeRawBufferPointer

    /// Of the payload.
    package var size: Int { unsafe payload.count }

    /// What stands behind `{"type":"`, for an entry that was said with a type.
    package var type: UnsafeRawBufferPointer? {
        let opening: StaticString = "{\"type\":\""
        let size = opening.utf8CodeUnitCount
        guard kind == .text, unsafe payload.count > size else { return nil }
        for index in 0..<size where unsafe payload[index] != opening.utf8Start[index] { return nil }
        guard let quote = unsafe payload[size...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return unsafe UnsafeRawBufferPointer(rebasing: payload[size..<quote])
    }
}

/// Walks frames that a log wrote: unmasked, whole, uncompressed, of text or bytes. The frames' own headers say
/// how long they are, so that nothing else has to.
@safe package struct LogEntries: Sequence, IteratorProtocol {
    private var rest: UnsafeRawBufferPointer
    private var seq: UInt64

    init(_ bytes: UnsafeRawBufferPointer, first: UInt64) {
        unsafe rest = bytes
        seq = first
    }

    package mutating func next() -> LogEntry? {
        guard let frame = unsafe nextFrame() else { return nil }
        defer { seq += 1 }
        return unsafe Self.entry(frame, seq: seq)
    }

    /// What a whole frame says.
    static func entry(_ frame: UnsafeRawBufferPointer, seq: UInt64) -> LogEntry {
        let kind: WebSocketMessageKind =
            unsafe frame[0] & 0x0F == WebSocketOpcode.text.rawValue ? .text : .binary
        let header = unsafe headerSize(frame)
        return unsafe LogEntry(
            seq: seq, kind: kind, payload: UnsafeRawBufferPointer(rebasing: frame[header...]))
    }

    /// How many frames `bytes` are; nil where they are not whole frames such as a log writes, one behind the other.
    static func count(_ bytes: UnsafeRawBufferPointer) -> UInt64? {
        var offset = 0
        var count: UInt64 = 0
        while offset < bytes.count {
            guard bytes.count - offset > 1 else { return nil }
            let first = unsafe bytes[offset]
            guard
                first == 0x80 | WebSocketOpcode.text.rawValue
                    || first == 0x80 | WebSocketOpcode.binary.rawValue
            else { return nil }
            let short = unsafe bytes[offset + 1]
            let header = short < 126 ? 2 : short == 126 ? 4 : 10
            guard short < 128, bytes.count - offset >= header else { return nil }
            // Both loads stay within the header, which is there.
            let payload: UInt64 =
                switch short {
                case 126:
                    UInt64(
                        unsafe UInt16(
                            bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt16.self)))
                case 127:
                    unsafe UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 2, as: UInt64.self))
                default: UInt64(short)
                }
            guard payload <= UInt64(bytes.count - offset - header) else { return nil }
            offset += header + Int(payload)
            count += 1
        }
        return count
    }

    /// The next frame, header and all.
    mutating func nextFrame() -> UnsafeRawBufferPointer? {
        guard unsafe rest.count > 1 else { return nil }
        let short = unsafe rest[1]
        // Checked slices: a log's own frames are whole, and anything else traps.
        let size: Int
        switch short {
        case 126:
            size = 4 + Int(unsafe UInt16(bigEndian: rest.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
        case 127:
            size = 10 + Int(unsafe UInt64(bigEndian: rest.loadUnaligned(fromByteOffset: 2, as: UInt64.self)))
        default: size = 2 + Int(short)
        }
        let frame = unsafe UnsafeRawBufferPointer(rebasing: rest[..<size])
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest[size...])
        return unsafe frame
    }

    /// The frame of `slice` that the byte at `offset` belongs to, where that begins, and its size.
    static func cut(of slice: LogSlice, at offset: Int) -> (entry: UInt64, offset: Int, size: Int) {
        var frames = unsafe LogEntries(slice.bytes, first: slice.first)
        var seq = slice.first
        var begin = 0
        while let frame = unsafe frames.nextFrame() {
            if offset < begin + frame.count { return (seq, begin, frame.count) }
            begin += frame.count
            seq += 1
        }
        preconditionFailure("more was taken than there was")
    }

    /// How many bytes a whole frame speaks: its payload, where it is binary.
    static func spoken(by frame: UnsafeRawBufferPointer) -> Int {
        unsafe frame[0] & 0x0F == WebSocketOpcode.binary.rawValue ? unsafe frame.count - headerSize(frame) : 0
    }

    private static func headerSize(_ frame: UnsafeRawBufferPointer) -> Int {
        switch unsafe frame[1] {
        case 126: 4
        case 127: 10
        default: 2
        }
    }
}
