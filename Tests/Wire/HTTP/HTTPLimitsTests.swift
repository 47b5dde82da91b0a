import Testing
import Wire

/// Each limit is met by what just fits, and refuses one byte more, also of a message that never ends.
@Suite struct HTTPLimitsTests {
    static let small: HTTPLimits = {
        var limits = HTTPLimits()
        limits.requestLine = 20
        limits.headerCount = 3
        limits.headerBytes = 40
        limits.body = 10
        limits.chunkExtensions = 4
        return limits
    }()

    static let fitting = [
        "GET /12345 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 24))\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n1234567890",
        "POST / HTTP/1.0\r\nTE: \r\nContent-Length: 10\r\n\r\n1234567890",
    ]

    static let excessive: [(String, HTTPStatus)] = [
        ("GET /123456 HTTP/1.1\r\nHost: h\r\n\r\n", 414),
        ("GET /12345678901234567890", 414),
        ("GET / HTTP/1.1\r\nHost: h\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "x", count: 25))\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nX: 4567890123456789012345678901234567890123456", 431),
        ("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", 413),
    ]

    static let chunkedHead = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let chunks: [(String, HTTPStatus?)] = [
        ("a\r\n1234567890\r\n0\r\n\r\n", nil), ("b\r\n", 413), ("5\r\n12345\r\n6\r\n", 413),
        ("1;234\r\n1\r\n0\r\n\r\n", nil), ("1;23456\r\n", 400), ("1;23\r\n1\r\n1;234\r\n1\r\n", 400),
        ("0\r\nA: b\r\nC: d\r\nE: f\r\n\r\n", nil), ("0\r\nA: b\r\nC: d\r\nE: f\r\nG: h\r\n", 431),
        ("0\r\nA: 4567890123456789012345678901234567890\r\n", 431),
    ]

    @Test(arguments: fitting) func takesWhatJustFits(request: String) {
        for pieces in everySplit(of: Array(request.utf8)) {
            let read = HTTPTranscript(requests: pieces, limits: Self.small)
            #expect(read.lines.suffix(2) == ["end", "idle"])
        }
    }

    @Test(arguments: excessive) func refusesOneByteMore(request: String, status: HTTPStatus) {
        for pieces in everySplit(of: Array(request.utf8)) {
            #expect(HTTPTranscript(requests: pieces, limits: Self.small).error?.status == status)
        }
    }

    @Test(arguments: chunks) func boundsAChunkedBody(body: String, status: HTTPStatus?) {
        var limits = Self.small
        limits.headerBytes = 28 + 11
        for pieces in everySplit(of: Array((Self.chunkedHead + body).utf8)) {
            let read = HTTPTranscript(requests: pieces, limits: limits)
            #expect(read.error?.status == status, "\(read.lines)")
        }
    }

    @Test func boundsABodyThatEndsWithTheConnection() {
        let head = "HTTP/1.1 200 OK\r\n\r\n"
        for pieces in everySplit(of: Array((head + "1234567890").utf8)) {
            let read = HTTPTranscript(responses: pieces, limits: Self.small)
            #expect(read.lines == ["200 close", "body 1234567890", "end"])
        }
        for pieces in everySplit(of: Array((head + "12345678901").utf8)) {
            let read = HTTPTranscript(responses: pieces, limits: Self.small)
            #expect(read.error?.status == .badGateway)
            #expect(read.lines.dropLast() == ["200 close", "body 1234567890"])
        }
    }
}
