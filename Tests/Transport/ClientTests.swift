import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct ClientTests {
    @Test(arguments: [
        ("ws://localhost:8002/api?x=1", "localhost", 8002, "/api?x=1", "localhost:8002"),
        ("wss://example.org", "example.org", 443, "/", "example.org"),
        ("http://[::1]:80/a", "::1", 80, "/a", "[::1]"), ("HTTPS://h:1/", "h", 1, "/", "h:1"),
    ])
    func anAddressSaysWhereToGo(text: String, host: String, port: Int, target: String, authority: String)
        throws
    {
        let url = try URLAddress(text)
        #expect(url.host == host)
        #expect(Int(url.port) == port)
        #expect(url.target.description == target)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        "", "localhost", "ftp://h/", "ws://", "ws://h:0/", "ws://h:99999/", "ws://a@h/", "ws://h/#x",
    ])
    func whatIsNoAddressIsRefused(text: String) {
        #expect(throws: ClientError.self) { try URLAddress(text) }
    }

    @Test func aRefusedWebSocketThrowsTheAnswer() async throws {
        try await withServer(answering: { request, _ in
            .problem(HTTPError(.forbidden, "Not you."), id: request.id)
        }) { server, loop in
            do {
                _ = try await TestClient.connect("ws://\(server.address)/socket", on: loop)
                Issue.record("it was let in")
            } catch ClientError.refused(let head, let body) {
                #expect(head.status == .forbidden)
                #expect(String(decoding: body, as: UTF8.self).contains("Not you."))
            }
        }
    }

    @Test func requestsToOneServerShareAConnection() async throws {
        try await withServer { server, loop in
            let client = HTTPClient()
            let deadline = loop.clock.now + .seconds(10)
            for number in 0..<5 {
                let url = try URLAddress("http://\(server.address)/echo")
                let (_, body) = try await client.fetch(
                    ClientRequest(.post, url, body: Array("\(number)".utf8)), until: deadline, on: loop)
                #expect(String(decoding: body, as: UTF8.self) == "\(number)")
            }
            #expect(server.traffic.accepted == 1)
            client.close(on: loop)
        }
    }

    @Test func aKeptConnectionThatWasClosedIsReplaced() async throws {
        let group = try LoopGroup(count: 1)
        try await askTwiceWithTheEndBetween(on: group.loops[0])
        #expect(await group.loops[0].holdings.watches == 0)
        await group.stop()
    }

    @Test func aClientThatReceivesNothingHoldsTheServerBackAndLosesNothing() async throws {
        let spring = Recorded<Int>()
        try await withServer(answering: { request, _ in
            (try? .webSocket(WebSocketUpgrade(request.head, handler: Spring(spring))))
                ?? Response(.badRequest)
        }) { server, loop in
            let client = try await TestClient.connect("ws://\(server.address)/", on: loop)
            try await settles { server.traffic.sent }
            // Every other message is 64 KiB; what was said lies in the client's inbox and in the kernel.
            #expect(spring.all.count < 590)
            for number in 0..<600 {
                let message = try await client.binary(on: loop)
                try #require(message.count == (number.isMultiple(of: 2) ? 65536 : 10))
                try #require(message[0] == UInt8(number & 255))
            }
            client.abort(on: loop)
        }
    }

    @Test func aServerThatRefusesABodyIsHeardBeforeAllOfItIsSent() async throws {
        try await withServer { server, loop in
            let client = HTTPClient()
            let url = try URLAddress("http://\(server.address)/echo")
            let request = ClientRequest(.post, url, body: [UInt8](repeating: 0, count: 32 << 20))
            let (head, _) = try await client.fetch(request, until: loop.clock.now + .seconds(10), on: loop)
            #expect(head.status == .contentTooLarge)
            client.close(on: loop)
        }
    }

    @Test func anAnswerThatIsTooLargeOrTooLateOrCutIsAnError() async throws {
        try await withServer { server, loop in
            let client = HTTPClient()
            let large = ClientRequest(.get, try URLAddress("http://\(server.address)/large"))
            await #expect(throws: ClientError.self) {
                _ = try await client.fetch(large, limit: 1000, until: loop.clock.now + .seconds(10), on: loop)
            }
            let slow = ClientRequest(.get, try URLAddress("http://\(server.address)/wait"))
            await #expect(throws: ClientError.self) {
                _ = try await client.fetch(slow, until: loop.clock.now + .milliseconds(20), on: loop)
            }
            client.close(on: loop)
        }
    }

    @Test func aServerThatIsNotThereIsAnErrorAtOnce() async throws {
        let group = try LoopGroup(count: 1)
        await #expect(throws: ClientError.self) { try await connectNowhere(on: group.loops[0]) }
        #expect(await group.loops[0].holdings.watches == 0)
        await group.stop()
    }
}

/// Comes back when what `look` sees has stayed the same for a while.
private func settles(_ look: () -> Int) async throws {
    var (last, same) = (-1, 0)
    try await eventually("it came to rest") {
        same = look() == last ? same + 1 : 0
        last = look()
        return same > 100
    }
}

/// Says one message after the other, as fast as they are taken.
private final class Spring: WebSocketHandler {
    private let said: Recorded<Int>
    init(_ said: Recorded<Int>) { self.said = said }

    func drained(_ socket: WebSocket, on loop: isolated EventLoop) {
        while socket.isDrained {
            let number = said.all.count
            let message = [UInt8](
                repeating: UInt8(number & 255), count: number.isMultiple(of: 2) ? 65536 : 10)
            said.append(number)
            unsafe message.withUnsafeBytes { unsafe socket.send(.binary, $0, on: loop) }
        }
    }

    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {}
    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {}
}

private func connectNowhere(on loop: isolated EventLoop) async throws {
    let server = try ScriptedServer(on: loop)
    server.close(on: loop)
    _ = try await TestClient.connect("ws://\(server.address)/", on: loop)
}

private func askTwiceWithTheEndBetween(on loop: isolated EventLoop) async throws {
    let server = try ScriptedServer(on: loop)
    let client = HTTPClient()
    let request = ClientRequest(.get, try URLAddress("http://\(server.address)/"))
    for _ in 0..<2 {
        let serving = Task {
            let peer = try await server.accept(on: loop)
            _ = try await peer.read(through: "\r\n\r\n", on: loop)
            try await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", on: loop)
            peer.close(on: loop)
        }
        let answer = try await client.fetch(request, until: loop.clock.now + .seconds(10), on: loop)
        #expect(String(decoding: answer.body, as: UTF8.self) == "ok")
        try await serving.value
    }
    client.close(on: loop)
    server.close(on: loop)
}
