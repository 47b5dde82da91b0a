import Glibc
import Loop
import Wire

/// SIGTERM while many are connected: every WebSocket sees 1001, every stream of events its `end`, every request
/// that was sent is answered in full, also one that the server has yet to hear of; who reads nothing, and a
/// refused page that does not close, hold nothing up; exit 0.
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
        let asking = try (0..<200).map { _ in try Peer(port: server.port) }
        let idle = try (0..<50).map { _ in try Peer(port: server.port) }
        let streams = try (0..<50).map { _ in try openStream(server) }
        let refused = try refusedPage(server)
        let stuck = try stuckReader(server)
        // While it stands still: they wait in the kernel when the signal comes.
        server.child.signal(SIGSTOP)
        let late = try (0..<400).map { _ in try Peer(port: server.port) }
        let question = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
        for peer in asking + late { try peer.send(question) }
        let asked = loop.clock.now
        server.child.signal(SIGTERM)
        server.child.signal(SIGCONT)
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
        for peer in asking + late {
            let answer = try peer.response()
            try expect(answer.hasPrefix("HTTP/1.1 200"), "a request was answered \(answer.prefix(100))")
            try expect(peer.receiveToEnd().isEmpty, "something came behind the last answer")
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
        // The stuck reader has 5 s for the close; the drain would cut it after 10.
        try expect(took < .seconds(8), "it took \(took)")
        refused.close()
        stuck.close()
        return
            "\(count) saw 1001, \(streams.count) streams their end, \(asking.count + late.count) their answer; exit 0 after \(took.milliseconds) ms"
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
