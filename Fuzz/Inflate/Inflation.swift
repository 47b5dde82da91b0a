import CZlib
import Wire

/// Two halves, by the lowest bit. Either the bytes are compressed messages, and what comes of them must keep
/// the limit and be what zlib makes of them; or they are plain ones, and must come back from deflater and
/// decoder as they went in.
func checkInflation(_ input: [UInt8]) {
    guard input.count >= 3 else { return }
    let side = PermessageDeflate.Side(
        keepsContext: input[0] & 2 == 0, windowBits: 9 + Int(input[0] >> 2) % 7)
    let messages = split(Array(input[2...]), into: 1 + Int(input[1] & 3))
    if input[0] & 1 == 0 {
        checkCompressed(messages, side)
    } else {
        checkRoundTrip(messages, side, threshold: Int(input[1] >> 2))
    }
}

func split(_ bytes: [UInt8], into count: Int) -> [[UInt8]] {
    (0..<count).map { Array(bytes[bytes.count * $0 / count..<bytes.count * ($0 + 1) / count]) }
}

let limit = 10_000

func checkCompressed(_ messages: [[UInt8]], _ side: PermessageDeflate.Side) {
    var frames: [UInt8] = []
    for message in messages {
        unsafe message.withUnsafeBytes {
            unsafe WebSocketEncoder.append(.binary, $0, isCompressed: true, to: &frames)
        }
    }
    let (read, error) = decode(frames, side)
    for message in read where message.count > limit { fatalError("\(message.count) bytes came out") }
    if error == nil, read.count != messages.count { fatalError("A message is missing") }
    // zlib alone must make the same of the first, where it has no final block.
    if let first = read.first, let plain = inflated(messages[0] + [0, 0, 0xFF, 0xFF]), plain != first {
        fatalError("zlib makes \(plain) of it, not \(first)")
    }
}

func checkRoundTrip(_ messages: [[UInt8]], _ side: PermessageDeflate.Side, threshold: Int) {
    guard let deflater = try? Deflater(side, level: 1 + threshold % 9, threshold: threshold) else {
        fatalError("No deflater")
    }
    var frames: [UInt8] = []
    for message in messages {
        unsafe message.withUnsafeBytes { unsafe deflater.appendFrame(.binary, $0, to: &frames) }
    }
    let (read, error) = decode(frames, side)
    if read != messages { fatalError("\(messages) came back as \(read), \(String(describing: error))") }
}

func decode(_ frames: [UInt8], _ side: PermessageDeflate.Side) -> ([[UInt8]], WebSocketError?) {
    var decoder = WebSocketDecoder(
        role: .client, limits: WebSocketLimits(message: limit),
        deflate: PermessageDeflate(server: side, client: side))
    var read: [[UInt8]] = []
    var received = frames
    var failure: WebSocketError?
    unsafe received.withUnsafeMutableBytes { buffer in
        var input = unsafe buffer
        do throws(WebSocketError) {
            while let event = try unsafe decoder.next(&input) {
                if case .message(_, let bytes) = unsafe event { unsafe read.append(Array(bytes)) }
            }
        } catch {
            failure = error
        }
    }
    return (read, failure)
}

/// What plain zlib makes of a stream; nil when it finds a fault, a final block, or too much.
func inflated(_ stream: [UInt8]) -> [UInt8]? {
    var source = stream
    var target = [UInt8](repeating: 0, count: limit + 1)
    var zlib = unsafe z_stream()
    guard unsafe inflateInit2_(&zlib, -15, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size)) == Z_OK else {
        return nil
    }
    defer { unsafe _ = inflateEnd(&zlib) }
    let (status, spare) = unsafe source.withUnsafeMutableBufferPointer { source in
        unsafe target.withUnsafeMutableBufferPointer { target in
            // Both outlive this one call, which is all that uses them.
            unsafe zlib.next_in = source.baseAddress
            unsafe zlib.avail_in = uInt(source.count)
            unsafe zlib.next_out = target.baseAddress
            unsafe zlib.avail_out = uInt(target.count)
            let status = unsafe inflate(&zlib, Z_SYNC_FLUSH)
            return unsafe (status, Int(zlib.avail_out))
        }
    }
    return status == Z_OK && spare > 0 ? Array(target[..<(target.count - spare)]) : nil
}
