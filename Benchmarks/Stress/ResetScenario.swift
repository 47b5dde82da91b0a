import Loop
import Wire

/// Connections that are cut by a reset in every phase of their life.
struct ResetScenario: Scenario {
    let name = "resets in every phase"

    private enum Phase: CaseIterable {
        case beforeHead, midHead, midBody, afterUpgrade, midFrame, midFragmented, midClose
    }

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(on: loop)
        let count = scale.pick(short: 1000, full: 10_000)
        var random = scale.random
        _ = try server.request("POST", "/api/v1/feeds/stress?window=recent", body: #"{"warm":1}"#)
        for phase in Phase.allCases { try cut(in: phase, server) }
        let baseline = try await Baseline.settled(in: server, on: loop)
        for _ in 0..<count { try cut(in: Phase.allCases.randomElement(using: &random)!, server) }
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        let exit = try await server.stop(on: loop)
        try expect(exit == .exited(status: 0), "the server ended by \(exit)")
        return "\(count) cut, all given back"
    }

    private func cut(in phase: Phase, _ server: ServerUnderTest) throws {
        let peer = try Peer(port: server.port)
        let feed = "/api/v1/ws/feeds/stress"
        switch phase {
        case .beforeHead: break
        case .midHead: try peer.send("GET /healthz HTTP/1.1\r\nHost: 127")
        case .midBody:
            try peer.send(
                "POST /api/v1/feeds/stress HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(server.token)\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"half\":"
            )
        case .afterUpgrade: try peer.upgrade(feed, token: server.token)
        case .midFrame:
            try peer.upgrade(feed, token: server.token)
            try peer.send(Array(Peer.frame(.text, "never whole").dropLast(4)))
        case .midFragmented:
            try peer.upgrade(feed, token: server.token)
            var first = Peer.frame(.text, "the first part")
            first[0] &= 0x7F
            try peer.send(first)
        case .midClose:
            try peer.upgrade(feed, token: server.token)
            try peer.send(Array(Peer.frame(.close, "\u{3}\u{E8}").dropLast(1)))
        }
        peer.reset()
    }
}
