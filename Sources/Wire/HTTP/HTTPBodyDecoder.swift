/// Takes a body apart, whichever way its end is marked, and copies nothing: data is a place in the bytes
/// given.
struct HTTPBodyDecoder {
    enum Step {
        case data(Range<Int>)
        case end(trailers: HTTPHeaders)
    }

    private enum Framing {
        case length(UInt64)
        case untilClose(room: UInt64)
        case chunked
    }

    private var framing: Framing
    private var chunks = HTTPChunkDecoder()

    private init(_ framing: Framing) { self.framing = framing }

    static var empty: HTTPBodyDecoder { HTTPBodyDecoder(.length(0)) }
    static var chunked: HTTPBodyDecoder { HTTPBodyDecoder(.chunked) }

    static func length(_ length: UInt64, limits: borrowing HTTPLimits) throws(HTTPError) -> HTTPBodyDecoder {
        guard length <= limits.body else { throw tooLarge(limits) }
        return HTTPBodyDecoder(.length(length))
    }

    static func untilClose(limits: borrowing HTTPLimits) -> HTTPBodyDecoder {
        HTTPBodyDecoder(.untilClose(room: limits.body))
    }

    var endsWithConnection: Bool {
        if case .untilClose = framing { true } else { false }
    }

    /// The next of the body in `bytes`, moving `offset` past it; nil when more must come.
    mutating func next(
        _ bytes: Span<UInt8>, from offset: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> Step? {
        switch framing {
        case .length(0): return .end(trailers: HTTPHeaders())
        case .length(let remaining):
            guard let data = Self.take(remaining, of: bytes, from: &offset) else { return nil }
            framing = .length(remaining - UInt64(data.count))
            return .data(data)
        case .untilClose(let room):
            guard offset < bytes.count else { return nil }
            guard let data = Self.take(room, of: bytes, from: &offset) else { throw Self.tooLarge(limits) }
            framing = .untilClose(room: room - UInt64(data.count))
            return .data(data)
        case .chunked:
            return try chunks.next(bytes, from: &offset, limits: limits)
        }
    }

    /// At most `most` bytes; nil when there are none to take.
    private static func take(_ most: UInt64, of bytes: Span<UInt8>, from offset: inout Int) -> Range<Int>? {
        let count = Int(min(most, UInt64(bytes.count - offset)))
        guard count > 0 else { return nil }
        offset += count
        return offset - count..<offset
    }

    static func tooLarge(_ limits: borrowing HTTPLimits) -> HTTPError {
        HTTPError(.contentTooLarge, "The body is larger than \(limits.body) bytes; send less at once.")
    }
}
