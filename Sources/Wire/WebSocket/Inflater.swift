import CZlib

/// Decompresses the messages of one peer. What a message may inflate to is bounded while it inflates, so
/// the memory a bomb can take is the limit and one step of growth. Ends its zlib stream once, when it goes.
@safe final class Inflater {
    /// Memory of its own, because zlib keeps the address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let keepsContext: Bool
    /// Whether the last byte taken ended a final block.
    private var hasEnded = false

    /// zlib's raw streams with 8 bits come from encoders that in truth use 9, so 8 is read as 9.
    init(windowBits: Int, keepsContext: Bool) throws(WebSocketError) {
        self.keepsContext = keepsContext
        let bits = -CInt(max(9, windowBits))
        unsafe stream.initialize(to: z_stream())
        let status = unsafe inflateInit2_(stream, bits, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else {
            throw WebSocketError(.internalError, "No memory to decompress")
        }
    }

    deinit {
        // On a stream that could not be begun `inflateEnd` does nothing.
        unsafe _ = inflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Adds what `input` inflates to, up to `limit` bytes in `output`.
    func inflate(
        _ input: UnsafeRawBufferPointer, into output: inout ByteStore, limit: Int
    ) throws(WebSocketError) {
        var rest = unsafe input
        while rest.count > 0 {
            let part = unsafe UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            try unsafe run(part, Z_SYNC_FLUSH, into: &output, limit)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(part.count))
        }
    }

    /// Ends a message: adds what its sender took off the end (RFC 7692, 7.2.2), and what that brings forth.
    func finish(into output: inout ByteStore, limit: Int) throws(WebSocketError) {
        // A sender may end a message with a final block instead, and nothing is missing then.
        if !hasEnded {
            var tail: (UInt8, UInt8, UInt8, UInt8) = (0x00, 0x00, 0xFF, 0xFF)
            try unsafe withUnsafeBytes(of: &tail) { tail throws(WebSocketError) in
                try unsafe run(tail, Z_BLOCK, into: &output, limit)
            }
            // Bit 7: at the end of a block; bits 0 to 5: bits left over. Anything else was cut off.
            let state = unsafe stream.pointee.data_type
            guard state & 0x80 != 0, state & 0x3F == 0 else { throw .invalidDeflate }
        }
        hasEnded = false
        if !keepsContext { unsafe _ = inflateReset(stream) }
    }

    private func run(
        _ input: UnsafeRawBufferPointer, _ flush: CInt, into output: inout ByteStore, _ limit: Int
    ) throws(WebSocketError) {
        // zlib declares its input mutable and does not change it.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = uInt(input.count)
        defer { unsafe stream.pointee.next_in = nil }
        while true {
            // One byte more than allowed, so that the one too many shows.
            let allowed = limit - output.count + 1
            let room = unsafe output.room(min(allowed, max(512, input.count * 2)))
            let size = min(room.count, allowed, 1 << 30)
            unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = uInt(size)
            let status = unsafe CZlib.inflate(stream, flush)
            let spare = unsafe Int(stream.pointee.avail_out)
            output.advance(size - spare)
            if output.count > limit { throw .messageTooBig }

            switch status {
            case Z_OK, Z_BUF_ERROR: hasEnded = false
            case Z_STREAM_END:
                // After a final block a new stream begins, in the same window (RFC 7692, 7.2.3.4).
                unsafe _ = inflateResetKeep(stream)
                hasEnded = true
            default: throw .invalidDeflate
            }
            if unsafe stream.pointee.avail_in == 0, spare > 0 || hasEnded { return }
        }
    }
}
