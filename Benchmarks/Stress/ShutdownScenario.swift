import Glibc
import Loop
import Wire

/// SIGTERM while many are connected: every WebSocket sees 1001, every stream of events its `end`, requests under
/// way are answered; who reads nothing, and a refused page that does not close, hold nothing up; exit 0.
struct ShutdownScenario: Scenario {
    let name = "SIGTERM under load"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(on: loop)
        let count = scale.pick(short: 200, full: 2000)
        _ = try server.request("POST", "/api/v1/feeds/stress?window=recent", body: "1")
        var listeners: [Peer] = []
        for _ in 0..<count {
            let peer = try Peer(port: server.port)
            try peer.upgrade("/api/v1/ws/feeds/stress", token: server.token)
            listeners.append(peer)
        }
        let asking = try (0..<50).map { _ in try Peer(port: server.port) }
        for peer in asking { try peer.send("GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n") }
        let idle = try (0..<50).map { _ in try Peer(port: server.port) }
        let streams = try (0..<50).map { _ in try openStream(server) }
        let refused = try refusedPage(server)
        let stuck = try stuckReader(server)
        let asked = loop.clock.now
        server.child.signal(SIGTERM)
        for peer in listeners {
            var messages: [Peer.Message] = []
            while true {
                messages += try peer.messages()
                if messages.contains(.close(1001)) || messages.last == .cut { break }
            }
            try expect(
                messages.contains(.close(1001)), "a listener saw \(messages.suffix(2)) instead of 1001")
            try peer.send(Peer.frame(.close, ""))
            peer.close()
        }
        for peer in asking {
            let answer = String(decoding: try peer.receiveToEnd(), as: UTF8.self)
            // One that the kernel had not handed over yet is closed unanswered, which is as good as never asked.
            try expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "an answer is not whole")
        }
        for peer in streams {
            let rest = String(decoding: try peer.receiveToEnd(), as: UTF8.self)
            try expect(rest.contains("event: end"), "a stream of events ended without a word")
        }
        for peer in idle { _ = try? peer.receiveToEnd() }
        guard let end = await server.child.wait(until: loop.clock.now + .seconds(15), on: loop) else {
            _ = await server.child.stop(on: loop)
            throw StressError("it did not end within 15 s")
        }
        try expect(end.exit == .exited(status: 0), "it ended by \(end.exit)")
        let took = loop.clock.now - asked
        try expect(took < .seconds(11), "it took \(took)")
        refused.close()
        stuck.close()
        return "\(count) saw 1001, \(streams.count) streams their end, exit 0 after \(took.milliseconds) ms"
    }

    private func openStream(_ server: ServerUnderTest) throws -> Peer {
        let peer = try Peer(port: server.port)
        try peer.send(
            "GET /api/v1/feeds/stress?after=0 HTTP/1.1\r\nHost: a\r\nAccept: text/event-stream\r\nAuthorization: Bearer \(server.token)\r\n\r\n"
        )
        var head = ""
        while !head.contains("data: ") { head += String(decoding: try peer.receive(), as: UTF8.self) }
        return peer
    }

    /// A page of the server's own without a token: let in, told 4401, and slow to go.
    private func refusedPage(_ server: ServerUnderTest) throws -> Peer {
        let peer = try Peer(port: server.port)
        try peer.send(
            Peer.upgradeRequest("/api/v1/ws/feeds/stress", token: "")
                .replacing("Authorization: Bearer ", with: "Origin: http://127.0.0.1"))
        _ = try peer.receive()
        return peer
    }

    /// Its socket is full before the server is told to stop.
    private func stuckReader(_ server: ServerUnderTest) throws -> Peer {
        let filler = "\"" + String(repeating: "x", count: 500_000) + "\""
        _ = try server.request("POST", "/api/v1/feeds/stuck?window=recent", body: filler)
        let peer = try Peer(port: server.port, receiveBuffer: 4096)
        try peer.upgrade("/api/v1/ws/feeds/stuck", token: server.token)
        for _ in 0..<20 { _ = try server.request("POST", "/api/v1/feeds/stuck", body: filler) }
        return peer
    }
}
