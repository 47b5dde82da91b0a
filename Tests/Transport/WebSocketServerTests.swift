import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct WebSocketServerTests {
    @Test func messagesComeBackAsTheyWereSent() async throws {
        try await withServer { server, loop in
            let client = try await TestClient.connect("ws://\(server.address)/socket", on: loop)
            client.send("hello", on: loop)
            #expect(try await client.text(on: loop) == "hello")
            for size in [0, 1, 125, 126, 65535, 65536, 300_000, 1 << 20] {
                let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                client.send(bytes, on: loop)
                #expect(try await client.binary(on: loop) == bytes)
            }
            let closure = try await client.close(.normal, "bye", on: loop)
            #expect(closure.code == .normal)
        }
    }

    @Test func compressedMessagesComeBackAsTheyWereSent() async throws {
        try await withServer { server, loop in
            let client = try await TestClient.connect(
                "ws://\(server.address)/socket", deflate: PermessageDeflate(), on: loop)
            let text = String(repeating: "all work and no play ", count: 10_000)
            let before = server.traffic.received
            for _ in 0..<3 {
                client.send(text, on: loop)
                #expect(try await client.text(on: loop) == text)
            }
            #expect(server.traffic.received - before < text.utf8.count)
            try await client.close(on: loop)
        }
    }

    @Test func manyMessagesKeepTheirOrder() async throws {
        try await withServer { server, loop in
            let client = try await TestClient.connect("ws://\(server.address)/socket", on: loop)
            for number in 0..<2000 { client.send("\(number)", on: loop) }
            for number in 0..<2000 { #expect(try await client.text(on: loop) == "\(number)") }
            try await client.close(on: loop)
        }
    }

    @Test func framesThatCameWithTheHandshakeAreHeard() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            // “Hi”, masked with nothing.
            let frame: [UInt8] = [0x81, 0x82, 0, 0, 0, 0, 0x48, 0x69]
            try await peer.send(Array(upgradeRequest("/socket").utf8) + frame, on: loop)
            #expect(
                try await peer.read(through: "\r\n\r\n", on: loop).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            try await peer.expect([0x81, 2, 0x48, 0x69], on: loop)
            peer.close(on: loop)
            try await server.hasClosedAll()
        }
    }

    @Test(arguments: [
        ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 12", 426),
        ("dGhlIHNhbXBsZSBub25jZQ==", "short", 400), ("Upgrade: websocket\r\n", "", 426),
        ("GET", "POST", 426),
    ])
    func aHandshakeThatIsWrongIsAnsweredInWords(part: String, wrong: String, status: Int) async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            let request = upgradeRequest("/socket")
            let place = try #require(request.firstRange(of: part))
            try await peer.send(request.replacingCharacters(in: place, by: wrong), on: loop)
            let (head, body) = try await peer.answer(on: loop)
            #expect(head.hasPrefix("HTTP/1.1 \(status) "))
            #expect(body.contains("\"detail\""))
            peer.close(on: loop)
        }
    }

    @Test func aClientThatClosesIsAnsweredInKind() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            try await peer.send([0x88, 0x82, 0, 0, 0, 0, 0x0F, 0xA5], on: loop)
            try await peer.expect([0x88, 2, 0x0F, 0xA5], on: loop)
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
            try await server.hasClosedAll()
        }
    }

    @Test func aServerThatClosesAwaitsTheAnswerAndNoLonger() async throws {
        let ends = Recorded<WebSocketClosure>()
        try await withServer(
            isManual: true,
            answering: { request, loop in
                (try? .webSocket(WebSocketUpgrade(request.head, handler: Closer(ends))))
                    ?? Response(.badRequest)
            }
        ) { server, loop in
            let polite = try await server.connect(on: loop)
            try await polite.upgrade(on: loop)
            try await polite.expect([0x88, 5, 0x03, 0xE8] + Array("bye".utf8), on: loop)
            try await polite.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], on: loop)
            #expect(try await polite.readToEnd(on: loop) == [])
            polite.close(on: loop)
            try await server.hasClosedAll()
            let rude = try await server.connect(on: loop)
            try await rude.upgrade(on: loop)
            try await rude.expect([0x88, 5, 0x03, 0xE8] + Array("bye".utf8), on: loop)
            server.clock.advance(by: .seconds(5))
            try await server.hasClosedAll()
            rude.close(on: loop)
            #expect(ends.all == Array(repeating: WebSocketClosure(.ours, .normal, "bye"), count: 2))
        }
    }

    @Test func whatWasSentBeforeACloseReachesASlowReader() async throws {
        try await withTorrent(messages: 10) { server, peer, loop in
            // Longer than a close is waited for, shorter than a stall.
            await server.pass(.seconds(6))
            for _ in 0..<10 {
                try await peer.expect([0x82, 127, 0, 0, 0, 0, 0, 1, 0x86, 0xA0], on: loop)
                _ = try await peer.read(100_000, on: loop)
            }
            try await peer.expect([0x88, 2, 0x03, 0xE8], on: loop)
            try await peer.send([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8], on: loop)
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
            try await server.hasClosedAll()
        }
    }

    @Test func oneWhoTakesNothingIsCutAndCounted() async throws {
        try await withTorrent(messages: 10) { server, peer, loop in
            #expect(server.traffic.cut(for: .notReading) == 0)
            for _ in 1...3 { await server.pass(.seconds(30)) }
            try await server.hasClosedAll()
            #expect(server.traffic.cut(for: .notReading) == 1)
            peer.close(on: loop)
        }
    }

    @Test func oneThatIsEndingIsNotKeptByATrickle() async throws {
        try await withTorrent(messages: 40) { server, peer, loop in
            // It says good-bye behind four megabytes, of which some is taken now and then.
            for _ in 1...4 {
                let before = server.traffic.sent
                _ = try await peer.read(400_000, on: loop)
                try await eventually("more was sent") {
                    server.traffic.sent > before || server.traffic.open == 0
                }
                await server.pass(.seconds(10))
            }
            try await server.hasClosedAll()
            peer.close(on: loop)
        }
    }

    @Test func oneWhoMissesThePongIsTold4004() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            server.clock.advance(by: .seconds(20))
            try await peer.expect([0x89, 0], on: loop)
            try await peer.send([0x8A, 0x80, 0, 0, 0, 0], on: loop)
            try await server.received(upgradeRequest("/socket").utf8.count + 6)
            server.clock.advance(by: .seconds(20))
            try await peer.expect([0x89, 0], on: loop)
            server.clock.advance(by: .seconds(10))
            try await peer.expect([0x88, 15, 0x0F, 0xA4] + Array("Not answering".utf8), on: loop)
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    /// Each time the loop is two seconds late, more often than a pong takes.
    @Test func aLoopThatIsAlwaysLateExcusesThreeTimesAndNoMore() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            await server.pass(.seconds(20))
            try await peer.expect([0x89, 0], on: loop)
            for _ in 1...3 { await server.pass(.seconds(12)) }
            // Who answers after all is excused as often once more.
            try await peer.send([0x8A, 0x80, 0, 0, 0, 0], on: loop)
            try await server.received(upgradeRequest("/socket").utf8.count + 6)
            await server.pass(.seconds(20))
            try await peer.expect([0x89, 0], on: loop)
            for _ in 1...3 { await server.pass(.seconds(12)) }
            #expect(server.traffic.webSockets == 1)
            await server.pass(.seconds(12))
            try await peer.expect([0x88, 15, 0x0F, 0xA4] + Array("Not answering".utf8), on: loop)
            peer.close(on: loop)
        }
    }

    @Test func aFrameThatTricklesIsNoSignOfLife() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            var heard = upgradeRequest("/socket").utf8.count
            // A hundred bytes are announced, and every ten seconds one comes.
            for piece in [[0x82, 0xE4, 0, 0, 0, 0], [1], [2]] as [[UInt8]] {
                try await peer.send(piece, on: loop)
                heard += piece.count
                try await server.received(heard)
                await server.pass(.seconds(10))
            }
            try await peer.expect([0x89, 0, 0x88, 15, 0x0F, 0xA4] + Array("Not answering".utf8), on: loop)
            peer.close(on: loop)
        }
    }

    @Test func aLongFrameOnASlowLineIsHeardToItsEnd() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            var heard = upgradeRequest("/socket").utf8.count
            let piece = [UInt8](repeating: 7, count: 1 << 15)
            // A megabyte, a thirty-second of it every ten seconds.
            try await peer.send([0x82, 0xFF, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0], on: loop)
            heard += 14
            for _ in 0..<32 {
                try await peer.send(piece, on: loop)
                heard += piece.count
                try await server.received(heard)
                await server.pass(.seconds(10))
            }
            var answer = try await peer.read(2, on: loop)
            // The peer was asked whether it is there, and could not say so within the frame.
            while answer == [0x89, 0] { answer = try await peer.read(2, on: loop) }
            #expect(answer == [0x82, 0x7F])
            #expect(try await peer.read(8 + (1 << 20), on: loop).suffix(1 << 20).allSatisfy { $0 == 7 })
            peer.close(on: loop)
        }
    }

    @Test(
        arguments: [
            ([0x82, 0xFF, 0, 0, 0, 0, 0x7F, 0, 0, 0, 0, 0, 0, 0], 1009), ([0x81, 0x01, 0x41], 1002),
            ([0x81, 0x81, 0, 0, 0, 0, 0xFF], 1007), ([0x83, 0x80, 0, 0, 0, 0], 1002),
        ] as [([UInt8], Int)])
    func whoBreaksARuleIsToldWhich(frame: [UInt8], code: Int) async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            try await peer.send(frame, on: loop)
            let end = try await peer.readToEnd(on: loop)
            #expect(end.first == 0x88)
            #expect(Array(end[2..<4]) == [UInt8(code >> 8), UInt8(code & 255)])
            peer.close(on: loop)
            try await server.hasClosedAll()
        }
    }

    @Test func aMessageLargerThanAllowedEndsWith1009() async throws {
        try await withServer(values: { $0.webSocket = WebSocketLimits(message: 1000) }) { server, loop in
            let client = try await TestClient.connect("ws://\(server.address)/socket", on: loop)
            client.send([UInt8](repeating: 0, count: 5000), on: loop)
            #expect(try await client.closed(on: loop).code == .messageTooBig)
        }
    }

    /// In the end also by a loop that is two seconds late each time.
    @Test(arguments: [31, 32])
    func aPeerThatSendsAndDoesNotReadIsHeldBackAndThenEnded(turn: Int) async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            let count = 4096
            let frame =
                [0x82, 0xFE, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0, 0]
                + [UInt8](repeating: 7, count: count)
            let sent = await peer.flood(frame, limit: 256 << 20, patience: .milliseconds(500), on: loop)
            #expect(sent < 256 << 20)
            // What waits to be written, and one read beyond it.
            #expect(server.traffic.received - server.traffic.sent <= (64 << 10) + (256 << 10) + 8192)
            try await eventually("it was ended") {
                await server.pass(.seconds(turn))
                return server.traffic.open == 0
            }
            peer.close(on: loop)
        }
    }

    @Test func onePeerThatVanishesIsLost() async throws {
        try await withServer { server, loop in
            for _ in 0..<20 {
                let client = try await TestClient.connect("ws://\(server.address)/socket", on: loop)
                client.send("hello", on: loop)
                _ = try await client.text(on: loop)
                client.abort(on: loop)
            }
            try await server.hasClosedAll()
        }
    }
}

/// Says much at once, and then good-bye.
private final class Torrent: WebSocketHandler {
    private let messages: Int
    private let message: [UInt8]

    init(messages: Int, size: Int) {
        self.messages = messages
        message = [UInt8](repeating: 120, count: size)
    }

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) {
        for _ in 0..<messages { unsafe message.withUnsafeBytes { unsafe socket.send(.binary, $0, on: loop) } }
        socket.close(.normal, "", on: loop)
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}
    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {}
}

/// Runs `body` against a server that has said more than the kernel takes, and good-bye behind it.
private func withTorrent(
    messages: Int, _ body: @Sendable (TestServer, ScriptedPeer, isolated EventLoop) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    try await withServer(
        at: "unix:\(folder.file("s"))", isManual: true,
        values: { $0.outboundBytes = 8 << 20 },
        answering: { request, loop in
            let handler = Torrent(messages: messages, size: 100_000)
            return (try? .webSocket(WebSocketUpgrade(request.head, handler: handler)))
                ?? Response(.badRequest)
        }
    ) { server, loop in
        let peer = try await server.connect(on: loop)
        try await peer.upgrade(on: loop)
        try await eventually("the kernel took no more") { server.traffic.sent > 100_000 }
        try await body(server, peer, loop)
    }
}

/// Says good-bye at once.
private final class Closer: WebSocketHandler {
    private let ends: Recorded<WebSocketClosure>
    init(_ ends: Recorded<WebSocketClosure>) { self.ends = ends }

    func opened(_ socket: WebSocket, on loop: isolated EventLoop) { socket.close(.normal, "bye", on: loop) }
    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}
    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {
        ends.append(closure)
    }
}

extension String {
    fileprivate func replacingCharacters(in place: Range<Index>, by other: String) -> String {
        String(self[..<place.lowerBound]) + other + String(self[place.upperBound...])
    }
}
