import Testing
import Wire

/// What must be refused, and with which status: a request that two readers could read in two ways is a way
/// past one of them.
@Suite struct HTTPRefusalTests {
    static let h = "Host: h\r\n"
    static let post = "POST / HTTP/1.1\r\nHost: h\r\n"
    static let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"

    static let framing: [(String, HTTPStatus)] = [
        (post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
        (post + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
        (post + "Content-Length: 5, 5\r\n\r\n", 400),
        (post + "Content-Length: 5, 6\r\n\r\n", 400),
        (post + "Content-Length: +5\r\n\r\n", 400),
        (post + "Content-Length: -5\r\n\r\n", 400),
        (post + "Content-Length: 0x5\r\n\r\n", 400),
        (post + "Content-Length: 5 5\r\n\r\n", 400),
        (post + "Content-Length: 5_0\r\n\r\n", 400),
        (post + "Content-Length: 5.0\r\n\r\n", 400),
        (post + "Content-Length: \u{0665}\r\n\r\n", 400),
        (post + "Content-Length:\r\n\r\n", 400),
        (post + "Content-Length: 18446744073709551616\r\n\r\n", 400),
        (post + "Content-Length: 99999999999999999999999\r\n\r\n", 400),
        (post + "Content-Length: 18446744073709551615\r\n\r\n", 413),
        (post + "Content-Length : 5\r\n\r\n", 400),
        (post + "Transfer-Encoding: gzip\r\n\r\n", 400),
        (post + "Transfer-Encoding: identity\r\n\r\n", 400),
        (post + "Transfer-Encoding: xchunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked, gzip\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked, chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n", 400),
        (post + "Transfer-Encoding: ,chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked,\r\n\r\n", 400),
        (post + "Transfer-Encoding: \"chunked\"\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked;q=1\r\n\r\n", 400),
        (post + "Transfer-Encoding: chunked\u{B}\r\n\r\n", 400),
        (post + "Transfer-Encoding:\r\n\r\n", 400),
        (post + "Transfer-Encoding\t: chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding:\r\n chunked\r\n\r\n", 400),
        (post + "Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
        (post + "Transfer-Encoding: identity, chunked\r\n\r\n", 501),
        ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (post + "Expect: 200-ok\r\nContent-Length: 5\r\n\r\n", 417),
    ]

    static let chunks: [(String, HTTPStatus)] = [
        (chunked + "x\r\n", 400), (chunked + "\r\n", 400), (chunked + ";a\r\n", 400),
        (chunked + "-1\r\n", 400),
        (chunked + "+1\r\n", 400), (chunked + "0x5\r\nhello\r\n", 400), (chunked + " 5\r\nhello\r\n", 400),
        (chunked + "5 \r\nhello\r\n", 400), (chunked + "5\nhello\r\n", 400), (chunked + "5\rhello\r\n", 400),
        (chunked + "5\r\nhelloX\r\n", 400), (chunked + "5\r\nhello\n", 400),
        (chunked + "5\r\nhello\r\r\n", 400),
        (chunked + "5\r\nhello0\r\n\r\n", 400), (chunked + "5\r\nhello\r\n\r\n", 400),
        (chunked + "5;a\nb\r\nhello\r\n", 400), (chunked + "5;a\u{0}b\r\nhello\r\n", 400),
        (chunked + "5;a\rb\r\nhello\r\n", 400), (chunked + "00000000000000005\r\nhello\r\n", 400),
        (chunked + "10000000000000000\r\n", 400), (chunked + "ffffffffffffffff\r\n", 413),
        (chunked + "1\r\na\r\nffffffffffffffff\r\n", 413),
        (chunked + "5;" + String(repeating: "a", count: 2000) + "\r\n", 400),
        (chunked + "0\r\nX: a\n\r\n", 400), (chunked + "0\r\nX : a\r\n\r\n", 400),
        (chunked + "0\r\n X: a\r\n\r\n", 400),
        (chunked + "0\r\nContent-Length: 3\r\n\r\n", 400),
        (chunked + "0\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (chunked + "0\r\nHost: evil\r\n\r\n", 400), (chunked + "0\r\nAuthorization: x\r\n\r\n", 400),
    ]

    static let heads: [(String, HTTPStatus)] = [
        ("GET / HTTP/1.1\nHost: h\n\n", 400), ("GET / HTTP/1.1\r\nHost: h\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\n\n", 400), ("GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\r\nHost: h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h\r\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h)X: a\u{0}b\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(h)X: a\u{1}b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h)X: a\u{7F}b\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(h)X : a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h)X\t: a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(h)X: a\r\n b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h)X: a\r\n\tb\r\n\r\n", 400), ("GET / HTTP/1.1\r\n X: a\r\n\(h)\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h): a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(h)X\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h)X(y): a\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(h)\u{FC}: a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(h)\(h)\r\n", 400),
        ("GET / HTTP/1.1\r\n\(h)host: h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: u@h\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: h:80a\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: h:123456\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400),
        ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400),
        ("GET http://h/ HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: a,b\r\n\r\n", 400),
        ("\r\n\r\nGET / HTTP/1.1\r\n\(h)\r\n", 400), ("\rGET / HTTP/1.1\r\n\(h)\r\n", 400),
        ("\nGET / HTTP/1.1\r\n\(h)\r\n", 400),
    ]

    static let requestLines: [(String, HTTPStatus)] = [
        ("G(T / HTTP/1.1", 400), (" GET / HTTP/1.1", 400), ("GET  / HTTP/1.1", 400), ("GET\t/ HTTP/1.1", 400),
        ("GET /  HTTP/1.1", 400), ("GET / HTTP/1.1 ", 400), ("GET /", 400), ("GET", 400), ("GET ", 400),
        ("GET / a HTTP/1.1", 400), ("GET / http/1.1", 400), ("GET / HTTP/1,1", 400), ("GET / HTTP/1.10", 400),
        ("GET / HTTP/11", 400), ("GET / HTTQ/1.1", 400), ("GET / HTTP/2.0", 505), ("PRI * HTTP/2.0", 505),
        ("GET / HTTP/0.9", 505), ("GET a HTTP/1.1", 400), ("GET ftp://h/ HTTP/1.1", 400),
        ("GET * HTTP/1.1", 400),
        ("GET h:80 HTTP/1.1", 400), ("CONNECT / HTTP/1.1", 400), ("GET http:/// HTTP/1.1", 400),
        ("GET http://u:p@h/ HTTP/1.1", 400), ("GET /a#b HTTP/1.1", 400), ("GET /?a#b HTTP/1.1", 400),
        ("GET /% HTTP/1.1", 400), ("GET /%4 HTTP/1.1", 400), ("GET /%zz HTTP/1.1", 400),
        ("GET /?%zz HTTP/1.1", 400),
        ("GET /%00 HTTP/1.1", 400), ("GET /%ff HTTP/1.1", 400), ("GET /%c0%af HTTP/1.1", 400),
        ("GET /\u{FC} HTTP/1.1", 400), ("GET /?\u{FC} HTTP/1.1", 400), ("GET /a\u{0}b HTTP/1.1", 400),
        ("GET /a\u{1}b HTTP/1.1", 400), ("GET /a\"b HTTP/1.1", 400), ("GET /a<b HTTP/1.1", 400),
        ("GET /a\\b HTTP/1.1", 400), ("GET /.. HTTP/1.1", 400), ("GET /a/../b HTTP/1.1", 400),
        ("GET /./a HTTP/1.1", 400), ("GET /%2e%2e/a HTTP/1.1", 400), ("GET /.%2E HTTP/1.1", 400),
        ("GET /a/..%2Fb HTTP/1.1", 400), ("GET /a%2F..%2Fb HTTP/1.1", 400), ("GET /a%5c..%5cb HTTP/1.1", 400),
        ("GET /..?a HTTP/1.1", 400), ("GET http://h/.. HTTP/1.1", 400), ("\u{16}\u{3}\u{1}", 400),
        ("\u{0}", 400),
    ]

    @Test(arguments: framing + chunks + heads)
    func refusesWhatCouldBeReadInTwoWays(request: String, status: HTTPStatus) {
        expectRefusal(of: request, with: status)
    }

    @Test(arguments: requestLines)
    func refusesAMalformedRequestLine(line: String, status: HTTPStatus) {
        expectRefusal(of: line + "\r\nHost: h\r\n\r\n", with: status)
    }

    /// However it is cut up, and with one sentence.
    private func expectRefusal(of request: String, with status: HTTPStatus) {
        let bytes = Array(request.utf8)
        let whole = HTTPTranscript(requests: [bytes])
        #expect(whole.error?.status == status, "\(whole.lines)")
        for pieces in everySplit(of: bytes) {
            #expect(HTTPTranscript(requests: pieces) == whole, "cut as \(pieces.map(\.count))")
        }
    }

    /// Long values are looked at eight bytes at a time, so each byte is tried at each place of such a step.
    @Test(arguments: UInt8.min...UInt8.max)
    func refusesAControlByteWhereverItStandsInAValue(byte: UInt8) {
        let isControl = (byte < 0x20 && byte != 0x09) || byte == 0x7F
        for place in 0..<24 {
            var value = [UInt8](repeating: UInt8(ascii: "x"), count: 24)
            value[place] = byte
            let request = Array("GET / HTTP/1.1\r\nHost: h\r\nX: ".utf8) + value + Array("\r\n\r\n".utf8)
            let error = HTTPTranscript(requests: [request]).error
            #expect((error?.status == .badRequest) == isControl, "at \(place)")
        }
    }

    @Test func tellsAPeerThatSpeaksTLSWhatItDid() {
        let error = HTTPTranscript(requests: [[0x16]]).error
        #expect(error?.sentence.contains("https://") == true)
    }

    @Test func tellsAtTheFirstBareLineFeedAndWaitsForNoMore() {
        #expect(HTTPTranscript(requests: [Array("GET / HTTP/1.1\n".utf8)]).error?.status == .badRequest)
    }
}
