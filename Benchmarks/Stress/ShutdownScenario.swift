import Glibc
import Loop
import Wire

/// SIGTERM while many are connected: every WebSocket sees 1001, every request under way is answered, exit 0.
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
        for peer in idle { _ = try? peer.receiveToEnd() }
        guard let end = await server.child.wait(until: loop.clock.now + .seconds(15), on: loop) else {
            _ = await server.child.stop(on: loop)
            throw StressError("it did not end within 15 s")
        }
        try expect(end.exit == .exited(status: 0), "it ended by \(end.exit)")
        return "\(count) saw 1001, exit 0"
    }
}
