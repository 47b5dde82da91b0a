import CZlib

/// Compresses messages into frames (RFC 7692, 7.2.1).
///
/// One that keeps no context begins each message anew, so what it makes can be read by every peer whose agreed
/// window is at least as large: a broadcast is compressed once, by one deflater of its loop, and its frame shared.
/// One that keeps context belongs to one connection, and all of that connection's compressed messages must come
/// from it. Ends its zlib stream once, when it goes.
@safe package final class Deflater {
    /// Memory of its own, because zlib keeps the address.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private let keepsContext: Bool
    private let threshold: Int

    /// Takes about 2^(windowBits + 2) + 2^(memoryLevel + 9) bytes. Messages shorter than `threshold` are sent as
    /// they are.
    package init(
        _ side: PermessageDeflate.Side, level: Int = 6, memoryLevel: Int = 8, threshold: Int = 128
    ) throws(WebSocketError) {
        precondition(side.windowBits >= 9, "zlib cannot compress for a window of 8 bits")
        keepsContext = side.keepsContext
        self.threshold = threshold
        unsafe stream.initialize(to: z_stream())
        let status = unsafe deflateInit2_(
            stream, CInt(level), Z_DEFLATED, -CInt(side.windowBits), CInt(memoryLevel),
            Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        guard status == Z_OK else { throw WebSocketError(.internalError, "No memory to compress") }
    }

    deinit {
        // On a stream that could not be begun `deflateEnd` does nothing.
        unsafe _ = deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// Adds a whole frame to `output`: compressed where that is worth it, otherwise plain.
    package func appendFrame(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, key: UInt32? = nil,
        to output: inout [UInt8]
    ) {
        let opcode = WebSocketOpcode(kind)
        guard payload.count >= max(1, threshold), payload.count <= 1 << 30 else {
            return unsafe WebSocketEncoder.append(opcode, payload, key: key, to: &output)
        }
        var compressed = ByteStore()
        unsafe compress(payload, into: &compressed)
        // A stream with context has moved on, so its peer must see what it made even when that is longer.
        if keepsContext || compressed.count < payload.count {
            unsafe WebSocketEncoder.append(
                opcode, compressed.bytes, isCompressed: true, key: key, to: &output)
        } else {
            unsafe WebSocketEncoder.append(opcode, payload, key: key, to: &output)
        }
    }

    /// A message without the four bytes every flush ends with.
    private func compress(_ payload: UnsafeRawBufferPointer, into output: inout ByteStore) {
        // zlib declares its input mutable and does not change it.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: payload.baseAddress?.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = uInt(payload.count)
        defer { unsafe stream.pointee.next_in = nil }
        var spare = 0
        repeat {
            let room = unsafe output.room(payload.count / 2 + 64)
            let size = min(room.count, 1 << 30)
            unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = uInt(size)
            // With input and room it always gets on; it ends with room to spare when all is flushed.
            unsafe _ = deflate(stream, Z_SYNC_FLUSH)
            spare = unsafe Int(stream.pointee.avail_out)
            output.advance(size - spare)
        } while spare == 0
        output.removeLast(4)
        if !keepsContext { unsafe _ = deflateReset(stream) }
    }
}
