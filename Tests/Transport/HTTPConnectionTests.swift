import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct HTTPConnectionTests {
    @Test func aConnectionServesOneRequestAfterTheOther() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            for path in ["/a", "/b", "/c"] {
                try await peer.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
                #expect(try await peer.answer(on: loop).body == path)
            }
            peer.close(on: loop)
            #expect(server.traffic.accepted == 1)
            #expect(
                server.service.outcomes.all == Array(repeating: .init(status: 200, end: .complete), count: 3))
        }
    }

    @Test(arguments: [1, 7, 1000])
    func requestsThatCameTogetherAreAnsweredInTheirOrder(portion: Int) async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            let paths = (0..<20).map { "/\($0)" }
            let requests = paths.map { "GET \($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined()
            try await peer.send(Array(requests.utf8), inPortionsOf: portion, on: loop)
            for path in paths { #expect(try await peer.answer(on: loop).body == path) }
            peer.close(on: loop)
        }
    }

    @Test func aRequestBehindABodyIsFoundWhereTheBodyEnds() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(
                "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET /next HTTP/1.1\r\nHost: h\r\n\r\n",
                on: loop)
            #expect(try await peer.answer(on: loop).body == "hello")
            #expect(try await peer.answer(on: loop).body == "/next")
            peer.close(on: loop)
        }
    }

    @Test func theAnswerToHeadHasALengthAndNoBody() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(
                "HEAD /twelve HTTP/1.1\r\nHost: h\r\n\r\nGET /x HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            let head = try await peer.read(through: "\r\n\r\n", on: loop)
            #expect(head.contains("Content-Length: 7\r\n"))
            #expect(try await peer.answer(on: loop).body == "/x")
            peer.close(on: loop)
        }
    }

    @Test func oneWhoAsksFirstIsToldToContinueOnlyWhenTheBodyIsWanted() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(
                "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                on: loop)
            try await peer.expect("HTTP/1.1 100 Continue\r\n\r\n", on: loop)
            try await peer.send("ok", on: loop)
            #expect(try await peer.answer(on: loop).body == "ok")
            try await peer.send(
                "POST /ignore HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
                on: loop)
            let (head, body) = try await peer.answer(on: loop)
            #expect(body == "ignored")
            #expect(head.contains("Connection: close\r\n"))
            _ = try await peer.readToEnd(on: loop)
            peer.close(on: loop)
        }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET /\u{1} HTTP/1.1\r\nHost: h\r\n\r\n", "nonsense\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
    ])
    func whatIsNoRequestIsAnsweredWithAProblemAndTheEnd(text: String) async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(text, on: loop)
            let (head, body) = try await peer.answer(on: loop)
            #expect(head.hasPrefix("HTTP/1.1 400 "))
            #expect(head.contains("Content-Type: application/problem+json\r\n"))
            #expect(body.contains("\"status\":400"))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func aPeerThatHasFinishedItsSideIsStillAnswered() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(
                "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            peer.finishWriting()
            #expect(try await peer.answer(on: loop).body == "/a")
            #expect(try await peer.answer(on: loop).body == "/b")
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func whatAPeerSaidBeforeItFinishedIsAnsweredHoweverLate() async throws {
        let gate = Gate()
        try await withServer(answering: { request, loop in
            await gate.pass(on: loop)
            return await standard(request, loop)
        }) { server, loop in
            let peer = try await server.connect(on: loop)
            let body = String(repeating: "x", count: 900_000)
            try await peer.send(
                "GET /a HTTP/1.1\r\nHost: h\r\n\r\nPOST /echo HTTP/1.1\r\nHost: h\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)", on: loop)
            peer.finishWriting()
            // Enough of it that the rest stays in the kernel, behind which the end is.
            try await server.received(1)
            gate.open()
            #expect(try await peer.answer(on: loop).body == "/a")
            #expect(try await peer.answer(on: loop).body == body)
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func aBodyThatIsCutShortIsABadRequest() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf", on: loop)
            peer.finishWriting()
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 400 "))
            peer.close(on: loop)
        }
    }

    @Test func aLargeAnswerComesWhole() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /large HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", on: loop)
            _ = try await peer.read(through: "\r\n\r\n", on: loop)
            #expect(try await peer.readToEnd(on: loop).count == 16 << 20)
            peer.close(on: loop)
        }
    }

    @Test func aStreamGoesOnUntilThePeerLeaves() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await peer.read(through: "data: hello\n\n", on: loop)
            peer.close(on: loop)
            try await server.hasClosedAll()
            #expect(server.service.outcomes.all == [.init(status: 200, end: .lost("The peer has gone"))])
        }
    }

    /// What came with a request for a WebSocket that is refused is the next request.
    @Test(arguments: [0, 5])
    func aRequestBehindARefusedUpgradeIsAnswered(delay: Int) async throws {
        try await withServer(answering: { request, loop in
            guard request.head.target.path == "/refused" else { return await standard(request, loop) }
            if delay > 0 { await loop.sleep(until: loop.now + .milliseconds(delay)) }
            return Response(.notFound)
        }) { server, loop in
            let peer = try await server.connect(on: loop)
            let next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n"
            try await peer.send(upgradeRequest("/refused") + upgradeRequest("/refused") + next, on: loop)
            for _ in 0..<2 { #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 404 ")) }
            #expect(try await peer.answer(on: loop).body == "/next")
            peer.close(on: loop)
        }
    }

    @Test func oneWhoseAnswersWaitIsOverWhenItsPeerResets() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            let request = "GET /\(String(repeating: "a", count: 1000)) HTTP/1.1\r\nHost: h\r\n\r\n"
            try await peer.send(request, on: loop)
            let (head, body) = try await peer.answer(on: loop)
            let size = head.utf8.count + body.utf8.count
            try await peer.askUntilAnswersWait(request, answer: size, of: server, on: loop)
            peer.reset(on: loop)
            try await server.hasClosedAll()
        }
    }
}
