/// Reads responses off a client's connection, however their bytes are cut up.
///
/// It is used as `HTTPRequestParser` is. Say with `method` what was asked before each response: the answer
/// to HEAD looks as if it had a body. An error's status is 502: it is the server that was wrong.
package struct HTTPResponseParser: ~Copyable {
    package enum Event: Sendable {
        /// 1xx but 101: the response proper is still to come.
        case informational(HTTPResponseHead)
        case head(HTTPResponseHead, keepsAlive: Bool)
        /// A piece of the body: where it lies in the bytes given.
        case body(Range<Int>)
        /// The response is whole. After 101, what follows is the new protocol's.
        case end(trailers: HTTPHeaders)
    }

    private enum Phase {
        case idle
        case head
        case body
        case failed(HTTPError)
    }

    package let limits: HTTPLimits

    /// The method of the request that the next response answers.
    package var method = HTTPMethod.get

    private var phase = Phase.idle
    private var head = HTTPSectionScanner(hasFirstLine: true)
    private var body = HTTPBodyDecoder.empty

    package init(limits: HTTPLimits = HTTPLimits()) { self.limits = limits }

    /// No byte of a response was seen since the last one ended.
    package var isIdle: Bool {
        if case .idle = phase { true } else { false }
    }

    /// The next event in `bytes` from `offset` on, which it moves; nil when more bytes must come.
    @inline(never)
    package mutating func next(_ bytes: Span<UInt8>, from offset: inout Int) throws(HTTPError) -> Event? {
        do throws(HTTPError) {
            switch phase {
            case .idle:
                guard offset < bytes.count else { return nil }
                guard bytes[offset] == UInt8(ascii: "H") else { throw Self.noVersion }
                phase = .head
                return try nextHead(bytes, from: &offset)
            case .head: return try nextHead(bytes, from: &offset)
            case .body: return try nextOfBody(bytes, from: &offset)
            case .failed(let error): throw error
            }
        } catch {
            throw fail(error)
        }
    }

    /// The server closed the connection: the end of a body that has no other, an error in the midst of
    /// anything else, nil between responses.
    package mutating func finish() throws(HTTPError) -> Event? {
        switch phase {
        case .idle: return nil
        case .failed(let error): throw error
        case .body where body.endsWithConnection:
            phase = .idle
            return .end(trailers: HTTPHeaders())
        case .head, .body:
            throw fail(.malformed("The connection was closed before the response was whole."))
        }
    }

    private mutating func fail(_ error: HTTPError) -> HTTPError {
        let error = HTTPError(.badGateway, error.sentence)
        phase = .failed(error)
        return error
    }

    private mutating func nextHead(
        _ bytes: Span<UInt8>, from offset: inout Int
    ) throws(HTTPError) -> Event? {
        guard let section = try head.next(bytes, from: &offset, limits: limits) else { return nil }
        let (response, version) = try HTTPResponseHead.parse(section)
        let framing = try HTTPFraming(response.headers)
        if response.status.isInformational, response.status != .switchingProtocols {
            phase = .idle
            return .informational(response)
        }
        body = try bodyDecoder(of: response.status, framing, version)
        phase = .body
        let keepsAlive = framing.keepsAlive(version) && !body.endsWithConnection
        return .head(response, keepsAlive: keepsAlive)
    }

    /// RFC 9112 6.3, in its order.
    private func bodyDecoder(
        of status: HTTPStatus, _ framing: HTTPFraming, _ version: HTTPVersion
    ) throws(HTTPError) -> HTTPBodyDecoder {
        if method == .head || status.forbidsBody || (method == .connect && status.code / 100 == 2) {
            return .empty
        }
        guard !framing.hasOtherCoding, !framing.isChunked || version == .http11 else {
            throw .malformed("The response has a transfer coding that was not asked for.")
        }
        if framing.isChunked { return .chunked }
        if let length = framing.contentLength { return try .length(length, limits: limits) }
        return .untilClose(limits: limits)
    }

    private mutating func nextOfBody(
        _ bytes: Span<UInt8>, from offset: inout Int
    ) throws(HTTPError) -> Event? {
        switch try body.next(bytes, from: &offset, limits: limits) {
        case .data(let range): return .body(range)
        case .end(let trailers):
            phase = .idle
            return .end(trailers: trailers)
        case nil: return nil
        }
    }

    private static var noVersion: HTTPError { .malformed("The response does not begin with HTTP/1.1.") }
}

extension HTTPResponseHead {
    /// Reads a whole head. A missing space before a missing reason is let pass, as everybody does.
    static func parse(
        _ section: HTTPSectionScanner.Section
    ) throws(HTTPError) -> (HTTPResponseHead, HTTPVersion) {
        let bytes = section.bytes.span
        // The scanner found lines, so the first has an end, and its CR is before that.
        let lineEnd = (bytes.firstIndex(of: ASCII.lineFeed, from: 0) ?? 0) - 1
        guard lineEnd >= 12, bytes[8] == ASCII.space, lineEnd == 12 || bytes[12] == ASCII.space,
            let hundreds = bytes[9].decimal, let tens = bytes[10].decimal, let ones = bytes[11].decimal,
            hundreds > 0
        else { throw .malformed("The status line is not a version, a code of three digits and a reason.") }
        for index in 12..<lineEnd where !bytes[index].isFieldContent {
            throw .malformed("The status line has a control character in it.")
        }
        let version = try HTTPVersion(parsing: bytes.extracting(0..<8))
        let status = HTTPStatus(UInt16(hundreds) * 100 + UInt16(tens) * 10 + UInt16(ones))
        let headers = try HTTPHeaders(parsing: section, from: lineEnd + 2)
        return (HTTPResponseHead(status, headers: headers), version)
    }
}
