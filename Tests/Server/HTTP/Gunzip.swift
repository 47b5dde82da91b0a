import CZlib

/// What `bytes` were before they were compressed; nil when they are not gzip.
func gunzip(_ bytes: [UInt8], upTo limit: Int = 1 << 24) -> [UInt8]? {
    var stream = unsafe z_stream()
    guard unsafe inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK
    else {
        return nil
    }
    defer { unsafe _ = inflateEnd(&stream) }
    var (input, output) = (bytes, [UInt8](repeating: 0, count: limit))
    let count: Int? = unsafe input.withUnsafeMutableBufferPointer { input in
        unsafe output.withUnsafeMutableBufferPointer { output in
            // Both buffers outlive the one call.
            unsafe stream.next_in = input.baseAddress
            unsafe stream.avail_in = uInt(input.count)
            unsafe stream.next_out = output.baseAddress
            unsafe stream.avail_out = uInt(output.count)
            guard unsafe inflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
            return unsafe output.count - Int(stream.avail_out)
        }
    }
    return count.map { Array(output.prefix($0)) }
}
