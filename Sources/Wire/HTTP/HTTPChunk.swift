/// The chunked coding, written (RFC 9112 7.1).
enum HTTPChunk {
    /// The size line of a chunk of `count` bytes, which CRLF must follow.
    static func begin(count: Int, to buffer: inout [UInt8]) {
        buffer.append(String(count, radix: 16))
        buffer += [UInt8].lineEnd
    }

    /// The last chunk and the trailer section.
    static func end(trailers: HTTPHeaders, to buffer: inout [UInt8]) {
        buffer.append("0\r\n")
        HTTPHeadWriter.write(trailers, to: &buffer)
        buffer += [UInt8].lineEnd
    }
}
