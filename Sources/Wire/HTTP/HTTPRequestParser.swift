/// Reads requests off a connection, however their bytes are cut up.
///
/// Give it what was received, and call `next` until it says nil: then all is taken but what `offset` leaves,
/// and that is nothing. Between requests the caller decides: after `.end` the parser has touched nothing of
/// what follows, be it the next request or, after an upgrade, another protocol. After an error every further
/// call says the same error: the connection is lost, as nobody knows where the next request would begin.
package struct HTTPRequestParser: ~Copyable {
    package enum Event: Sendable {
        case head(HTTPRequestHead)
        /// A piece of the body: where it lies in the bytes given.
        case body(Range<Int>)
        /// The request is whole. Trailers are mostly empty.
        case end(trailers: HTTPHeaders)
    }

    private enum Phase {
        /// Between requests; one empty line is allowed there (RFC 9112 2.2).
        case idle(sawEmptyLine: Bool)
        case emptyLine
        case head
        case body
        case failed(HTTPError)
    }

    package let limits: HTTPLimits
    private var phase = Phase.idle(sawEmptyLine: false)
    private var head = HTTPSectionScanner(hasFirstLine: true)
    private var body = HTTPBodyDecoder.empty

    package init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    /// No byte of a request was seen since the last one ended: the connection may be closed without loss.
    package var isIdle: Bool {
        switch phase {
        case .idle, .emptyLine: true
        default: false
        }
    }

    /// The next event in `bytes` from `offset` on, which it moves; nil when more bytes must come.
    @inline(never)
    package mutating func next(_ bytes: Span<UInt8>, from offset: inout Int) throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            while true {
                switch phase {
                case .idle(let sawEmptyLine):
                    guard offset < bytes.count else { return nil }
                    try start(with: bytes[offset], sawEmptyLine: sawEmptyLine, &offset)
                case .emptyLine:
                    guard offset < bytes.count else { return nil }
                    guard bytes[offset] == ASCII.lineFeed else { throw Self.noMethod }
                    offset += 1
                    phase = .idle(sawEmptyLine: true)
                case .head:
                    return try nextHead(bytes, from: &offset)
                case .body:
                    return try nextOfBody(bytes, from: &offset)
                case .failed(let error):
                    throw error
                }
            }
        } catch {
            phase = .failed(error)
            throw error
        }
    }

    /// Looks at the first byte alone, so that what is no HTTP is told so at once.
    private mutating func start(
        with byte: UInt8, sawEmptyLine: Bool, _ offset: inout Int
    ) throws(HTTPError) {
        if byte == ASCII.carriageReturn, !sawEmptyLine {
            offset += 1
            phase = .emptyLine
        } else if byte.isToken {
            phase = .head
        } else if byte == 0x16 {
            throw .malformed(
                "This port speaks plain HTTP and was greeted with TLS; use http:// instead of https://.")
        } else {
            throw Self.noMethod
        }
    }

    private mutating func nextHead(
        _ bytes: Span<UInt8>, from offset: inout Int
    ) throws(HTTPError) -> Event? {
        guard let section = try head.next(bytes, from: &offset, limits: limits) else { return nil }
        let request = try HTTPRequestHead(parsing: section)
        body = try request.bodyDecoder(limits: limits)
        phase = .body
        return .head(request)
    }

    private mutating func nextOfBody(
        _ bytes: Span<UInt8>, from offset: inout Int
    ) throws(HTTPError) -> Event? {
        switch try body.next(bytes, from: &offset, limits: limits) {
        case .data(let range): return .body(range)
        case .end(let trailers):
            phase = .idle(sawEmptyLine: false)
            return .end(trailers: trailers)
        case nil: return nil
        }
    }

    private static var noMethod: HTTPError {
        .malformed("The request does not begin with a method; is this HTTP?")
    }
}
