import Testing
import Wire

@Suite struct HTTPRequestParserTests {
    static let recorded: [(bytes: String, transcript: [String])] = [
        (
            "GET /api/v1/ws?after=3 HTTP/1.1\r\nHost: 127.0.0.1:8002\r\n"
                + "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
            [
                "GET /api/v1/ws?after=3 of 127.0.0.1:8002", "Host: 127.0.0.1:8002", "User-Agent: curl/7.88.1",
                "Accept: */*", "end", "idle",
            ]
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
            ["POST /a of h", "Host: h", "Content-Length: 5", "body hello", "end", "idle"]
        ),
        (
            "PUT /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "5\r\nhello\r\n0000A;x=\"y;z\"\r\n, world...\r\n0\r\nDigest: abc\r\n\r\n",
            [
                "PUT /a of h", "Host: h", "Transfer-Encoding: Chunked", "body hello, world...", "end",
                "Digest: abc", "idle",
            ]
        ),
        (
            "\r\nGET / HTTP/1.0\r\n\r\nDELETE /x HTTP/1.1\r\nhost:h\r\ncontent-length:0\r\n\r\nGET",
            ["GET / of ", "end", "DELETE /x of h", "host: h", "content-length: 0", "end", "busy"]
        ),
        (
            "GET http://other.example:81?q HTTP/1.1\r\nHost: h\r\n"
                + "Empty:\r\nWide: \t a \tb \t \r\nLatin: \u{E9}\r\n\r\n",
            [
                "GET /?q of other.example:81", "Host: h", "Empty: ", "Wide: a \tb", "Latin: \u{E9}", "end",
                "idle",
            ]
        ),
        (
            "OPTIONS * HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
            ["OPTIONS * of [::1]:80", "Host: [::1]:80", "end", "idle"]
        ),
        (
            "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
            ["CONNECT a.example:443 of a.example:443", "Host: a.example", "end", "idle"]
        ),
        ("GET / HTTP/1.7\r\nHost: h\r\n\r\n", ["GET / of h", "Host: h", "end", "idle"]),
    ]

    @Test(arguments: recorded)
    func readsTheSameHoweverItIsCut(bytes: String, transcript: [String]) {
        for pieces in everySplit(of: Array(bytes.utf8)) {
            let read = HTTPTranscript(requests: pieces)
            #expect(read.lines == transcript, "cut as \(pieces.map(\.count))")
        }
    }

    @Test func stopsAfterEachRequestAndLeavesTheNextUntouched() throws {
        let first = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
        let bytes = Array((first + "\u{0}any other protocol").utf8)
        var parser = HTTPRequestParser()
        var offset = 0
        while let event = try parser.next(bytes.span, from: &offset) {
            if case .end = event { break }
        }
        #expect(offset == first.utf8.count)
        let isIdle = parser.isIdle
        #expect(isIdle)
    }

    @Test func takesAllThatItWasGivenBeforeItAsksForMore() throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: h\r\n".utf8)
        var parser = HTTPRequestParser()
        var offset = 0
        let isDone = try parser.next(bytes.span, from: &offset) == nil
        #expect(isDone)
        #expect(offset == bytes.count)
        let isIdle = parser.isIdle
        #expect(!isIdle)
    }

    @Test func saysTheSameErrorForEver() {
        let bytes = Array("GET / HTTP/3.0\r\n\r\n".utf8)
        var parser = HTTPRequestParser()
        var offset = 0
        var statuses: [HTTPStatus] = []
        for _ in 0..<3 {
            do throws(HTTPError) {
                _ = try parser.next(bytes.span, from: &offset)
            } catch {
                statuses.append(error.status)
            }
        }
        #expect(statuses == [505, 505, 505])
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: h\r\n", true),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n", false),
        ("GET / HTTP/1.0\r\n", false), ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n", true),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n", false),
    ])
    func knowsWhetherTheConnectionGoesOn(head: String, goesOn: Bool) throws {
        #expect(try requestHead(head + "\r\n").keepsAlive == goesOn)
    }

    @Test func seesAWebSocketUpgradeOnlyWhenBothFieldsSayIt() throws {
        let start = "GET /ws HTTP/1.1\r\nHost: h\r\n"
        #expect(
            try requestHead(start + "Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n")
                .upgradesToWebSocket)
        #expect(try !requestHead(start + "Upgrade: websocket\r\n\r\n").upgradesToWebSocket)
        #expect(try !requestHead(start + "Connection: upgrade\r\nUpgrade: h2c\r\n\r\n").upgradesToWebSocket)
        let old = "GET /ws HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n"
        #expect(try !requestHead(old).upgradesToWebSocket)
    }

    @Test func expectsContinueOnlyWhereThereIsABodyToComeAndHTTP11() throws {
        let start = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n"
        #expect(try requestHead(start + "Content-Length: 3\r\n\r\n").expectsContinue)
        #expect(try requestHead(start + "Transfer-Encoding: chunked\r\n\r\n").expectsContinue)
        #expect(try !requestHead(start + "\r\n").expectsContinue)
        #expect(
            try !requestHead("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
                .expectsContinue)
    }
}

/// The head at the start of `text`.
func requestHead(_ text: String) throws -> HTTPRequestHead {
    let bytes = Array(text.utf8)
    var parser = HTTPRequestParser()
    var offset = 0
    guard case .head(let head) = try parser.next(bytes.span, from: &offset) else {
        throw HTTPError(.badRequest, "No head in the test's text.")
    }
    return head
}
