import Testing
import Wire

@Suite struct HTTPResponseParserTests {
    static let recorded: [(bytes: String, transcript: [String])] = [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 204\r\nX: y\r\n\r\n",
            ["200", "Content-Length: 3", "body abc", "end", "204", "X: y", "end"]
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
                + "3\r\nabc\r\n0\r\nT: u\r\n\r\n",
            [
                "informational 100", "informational 103", "Link: a", "200 close",
                "Transfer-Encoding: chunked",
                "Connection: close", "body abc", "end", "T: u",
            ]
        ),
        ("HTTP/1.0 200 OK\r\n\r\nuntil the end", ["200 close", "body until the end", "end"]),
        ("HTTP/1.1 200 \r\n\r\n", ["200 close", "end"]),
        (
            "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"
                + "HTTP/1.1 404 Nicht gefunden\r\nContent-Length: 0\r\n\r\n",
            ["304", "Content-Length: 9", "end", "404", "Content-Length: 0", "end"]
        ),
    ]

    @Test(arguments: recorded)
    func readsTheSameHoweverItIsCut(bytes: String, transcript: [String]) {
        for pieces in everySplit(of: Array(bytes.utf8)) {
            let read = HTTPTranscript(responses: pieces)
            #expect(read.lines == transcript, "cut as \(pieces.map(\.count))")
        }
    }

    @Test func expectsNoBodyInTheAnswerToHead() {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n".utf8)
        #expect(
            HTTPTranscript(responses: [bytes], to: .head).lines == ["200", "Content-Length: 5000", "end"])
    }

    @Test func leavesWhatFollowsASwitchOfProtocolsUntouched() throws {
        let head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        let bytes = Array((head + "\u{1}\u{2}").utf8)
        var parser = HTTPResponseParser()
        var offset = 0
        while let event = try parser.next(bytes.span, from: &offset) {
            if case .end = event { break }
        }
        #expect(offset == head.utf8.count)
    }

    static let broken = [
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1  200\r\n\r\n",
        "HTTP/1.1 000 No\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "HTTP/1.1 200 O\u{0}K\r\n\r\n", "<html>",
        "HTTP/1.1 200 OK\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort", "HTTP/1.1 200 OK\r\nX: y\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ]

    @Test(arguments: broken) func blamesABrokenResponseOnItsServer(response: String) {
        let bytes = Array(response.utf8)
        let whole = HTTPTranscript(responses: [bytes])
        #expect(whole.error?.status == .badGateway, "\(whole.lines)")
        for pieces in everySplit(of: bytes) {
            #expect(HTTPTranscript(responses: pieces) == whole, "cut as \(pieces.map(\.count))")
        }
    }
}
