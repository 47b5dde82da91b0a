import Testing
import Wire

@Suite struct HTTPWriterTests {
    static let date = HTTPDate(seconds: 784_111_777)
    static let dateLine = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    /// The bytes of a response with a body in the given pieces.
    private func response(
        _ head: HTTPResponseHead, _ length: HTTPBodyLength, to method: HTTPMethod = .get,
        version: HTTPVersion = .http11, keepsAlive: Bool = true, pieces: [String] = [],
        trailers: HTTPHeaders = [:]
    ) throws -> (text: String, keepsAlive: Bool) {
        var buffer: [UInt8] = []
        var body = try head.write(
            length, answering: method, version: version, keepsAlive: keepsAlive, date: Self.date, to: &buffer)
        for piece in pieces { try body.write(piece.utf8.span, to: &buffer) }
        let staysOpen = body.keepsAlive
        try body.end(trailers: trailers, to: &buffer)
        return (String(decoding: buffer, as: UTF8.self), staysOpen)
    }

    @Test func tellsTheLengthItKnows() throws {
        let head = HTTPResponseHead(.ok, headers: ["Content-Type": "text/plain"])
        let (text, staysOpen) = try response(head, .exactly(5), pieces: ["hel", "", "lo"])
        let fields = "\(Self.dateLine)Content-Type: text/plain\r\nContent-Length: 5\r\n"
        #expect(text == "HTTP/1.1 200 OK\r\n\(fields)\r\nhello")
        #expect(staysOpen)
    }

    @Test func sendsChunksWhenTheLengthIsUnknown() throws {
        let pieces = [String(repeating: "a", count: 17), "", "b"]
        let (text, staysOpen) = try response(
            HTTPResponseHead(.ok), .unknown, pieces: pieces, trailers: ["T": "u"])
        let body = "11\r\n\(pieces[0])\r\n1\r\nb\r\n0\r\nT: u\r\n\r\n"
        #expect(text == "HTTP/1.1 200 OK\r\n\(Self.dateLine)Transfer-Encoding: chunked\r\n\r\n" + body)
        #expect(staysOpen)
    }

    @Test func endsWithTheConnectionForAPeerThatKnowsNoChunks() throws {
        let (text, staysOpen) = try response(
            HTTPResponseHead(.ok), .unknown, version: .http10, pieces: ["abc"])
        #expect(text == "HTTP/1.1 200 OK\r\n\(Self.dateLine)Connection: close\r\n\r\nabc")
        #expect(!staysOpen)
    }

    @Test func saysWhatBecomesOfTheConnection() throws {
        let ok = HTTPResponseHead(.ok)
        #expect(try response(ok, .none, keepsAlive: false).text.contains("\r\nConnection: close\r\n"))
        #expect(try !response(ok, .none).text.contains("Connection"))
        #expect(try response(ok, .none, version: .http10).text.contains("\r\nConnection: keep-alive\r\n"))
        let closing = HTTPResponseHead(.ok, headers: ["connection": "Close"])
        #expect(try !response(closing, .none).keepsAlive)
        let upgrading = HTTPResponseHead(.upgradeRequired, headers: ["Connection": "Upgrade"])
        #expect(try response(upgrading, .none, keepsAlive: false).text.contains("\r\nConnection: close\r\n"))
    }

    @Test func keepsTheBodyOfAnAnswerToHeadToItself() throws {
        let (text, _) = try response(HTTPResponseHead(.ok), .exactly(5), to: .head, pieces: ["hello"])
        #expect(text == "HTTP/1.1 200 OK\r\n\(Self.dateLine)Content-Length: 5\r\n\r\n")
        let (chunked, _) = try response(HTTPResponseHead(.ok), .unknown, to: .head, pieces: ["hello"])
        #expect(chunked == "HTTP/1.1 200 OK\r\n\(Self.dateLine)Transfer-Encoding: chunked\r\n\r\n")
    }

    @Test(arguments: [204, 304] as [HTTPStatus])
    func sendsNoBodyWhereThereCanBeNone(status: HTTPStatus) throws {
        let (text, staysOpen) = try response(HTTPResponseHead(status), .exactly(5), pieces: ["hello"])
        #expect(text == "HTTP/1.1 \(status.code) \(status.reason)\r\n\(Self.dateLine)\r\n")
        #expect(staysOpen)
    }

    @Test func leavesTheConnectionFieldOfASwitchOfProtocolsAlone() throws {
        let head = HTTPResponseHead(
            .switchingProtocols, headers: ["Connection": "Upgrade", "Upgrade": "websocket"])
        let (text, _) = try response(head, .none, keepsAlive: false)
        let fields = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(text == "HTTP/1.1 101 Switching Protocols\r\n\(Self.dateLine)\(fields)")
    }

    @Test(
        arguments: [
            ["X": "a\r\nSet-Cookie: b"], ["X": "a\nb"], ["X": "a\rb"], ["X": "a\u{0}b"], ["X\r\nY": "a"],
            ["X Y": "a"],
            ["": "a"], ["X:": "a"], ["Content-Length": "5"], ["transfer-encoding": "chunked"],
        ] as [HTTPHeaders])
    func writesNothingOfAHeadThatWouldBreakOut(headers: HTTPHeaders) throws {
        var buffer: [UInt8] = []
        for method in [HTTPMethod.get, .head] {
            #expect(throws: HTTPError.self) {
                _ = try HTTPResponseHead(.ok, headers: headers).write(
                    .none, answering: method, keepsAlive: true, date: nil, to: &buffer)
            }
        }
        #expect(buffer.isEmpty)
    }

    @Test func refusesABodyOfAnotherLengthThanAnnounced() {
        #expect(throws: HTTPError.self) { try response(HTTPResponseHead(.ok), .exactly(2), pieces: ["abc"]) }
        #expect(throws: HTTPError.self) { try response(HTTPResponseHead(.ok), .exactly(4), pieces: ["abc"]) }
    }

    @Test func refusesTrailersThatBreakOut() {
        #expect(throws: HTTPError.self) {
            try response(HTTPResponseHead(.ok), .unknown, trailers: ["T": "a\r\n\r\nb"])
        }
    }

    @Test(arguments: [HTTPBodyLength.exactly(6), .unknown])
    func writesResponsesThatTheParserReads(length: HTTPBodyLength) throws {
        let head = HTTPResponseHead(.notFound, headers: ["X": "y"])
        let bytes = Array(try response(head, length, pieces: ["abc", "def"]).text.utf8)
        let lines = HTTPTranscript(responses: [bytes]).lines
        #expect(lines.first == "404")
        #expect(lines.suffix(2) == ["body abcdef", "end"])
    }

    @Test(arguments: [HTTPBodyLength.exactly(6), .unknown])
    func writesRequestsThatTheParserReads(length: HTTPBodyLength) throws {
        let head = try HTTPRequestHead(.post, HTTPTarget("/a%20b?c"), headers: ["Host": "h:1", "X": "y"])
        var buffer: [UInt8] = []
        var body = try head.write(length, to: &buffer)
        try body.write("abc".utf8.span, to: &buffer)
        try body.write("def".utf8.span, to: &buffer)
        try body.end(to: &buffer)
        let lines = HTTPTranscript(requests: [buffer]).lines
        #expect(lines.prefix(3) == ["POST /a%20b?c of h:1", "Host: h:1", "X: y"])
        #expect(lines.suffix(3) == ["body abcdef", "end", "idle"])
    }

    @Test func writesAGetWithoutAWordOfABody() throws {
        let head = try HTTPRequestHead(.get, HTTPTarget("/"), headers: ["Host": "h"])
        var buffer: [UInt8] = []
        try head.write(.none, to: &buffer).end(to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
    }

    @Test func refusesAMethodThatIsNoToken() throws {
        let head = try HTTPRequestHead(
            HTTPMethod("GET / HTTP/1.1\r\n"), HTTPTarget("/"), headers: ["Host": "h"])
        var buffer: [UInt8] = []
        #expect(throws: HTTPError.self) { _ = try head.write(.none, to: &buffer) }
        #expect(buffer.isEmpty)
    }

    @Test func writesAnInformationalResponseWhole() {
        var buffer: [UInt8] = []
        HTTPStatus.continues.writeInformational(to: &buffer)
        #expect(String(decoding: buffer, as: UTF8.self) == "HTTP/1.1 100 Continue\r\n\r\n")
    }
}
