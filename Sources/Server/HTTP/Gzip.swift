import CZlib

/// Compresses whole contents (RFC 1952).
package enum Gzip {
    /// The same bytes, compressed; nil when they would not get smaller, or there is no memory for it.
    package static func compress(_ bytes: [UInt8], level: CInt = 6) -> [UInt8]? {
        var stream = unsafe z_stream()
        // 15 bits of window, and 16 to say that it is to be gzip and not zlib's own format.
        let status = unsafe deflateInit2_(
            &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { return nil }
        defer { unsafe _ = deflateEnd(&stream) }
        guard bytes.count > 20, bytes.count <= 1 << 30 else { return nil }
        // What does not fit in fewer bytes than there were is not wanted.
        var output = [UInt8](repeating: 0, count: bytes.count - 1)
        let size: Int? = unsafe bytes.withUnsafeBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { room in
                // zlib declares its input mutable and does not change it. Both buffers outlive the one call.
                unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.avail_in = uInt(input.count)
                unsafe stream.next_out = room.baseAddress
                unsafe stream.avail_out = uInt(room.count)
                guard unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                return unsafe room.count - Int(stream.avail_out)
            }
        }
        guard let size else { return nil }
        output.removeLast(output.count - size)
        return output
    }
}
