import Loop

/// Peers that stop answering without saying so: they are found by ping and pong, ended with 4004, and counted.
struct HalfOpenScenario: Scenario {
    let name = "half-open peers"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(
            ["DEADLINES_PING_INTERVAL": "500ms", "DEADLINES_PONG": "500ms"], on: loop)
        let count = scale.pick(short: 200, full: 1000)
        _ = try server.request("POST", "/api/v1/feeds/stress?window=recent", body: "1")
        _ = try server.request("GET", "/healthz")
        let baseline = try await Baseline.settled(in: server, on: loop)
        let before = try server.metrics()[Self.counter] ?? 0
        var peers: [Peer] = []
        for _ in 0..<count {
            let peer = try Peer(port: server.port)
            try peer.upgrade("/api/v1/ws/feeds/stress", token: server.token)
            peers.append(peer)
        }
        // From here on they neither read nor answer. What they were sent is read when it is over.
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        let after = try server.metrics()[Self.counter] ?? 0
        try expect(after - before == Double(count), "\(after - before) were counted as not answering")
        for peer in peers {
            var messages: [Peer.Message] = []
            while messages.last != .cut, messages.last != .close(4004) { messages += try peer.messages() }
            try expect(messages.last == .close(4004), "a peer saw \(messages) instead of 4004")
        }
        _ = try await server.stop(on: loop)
        return "\(count) ended with 4004"
    }

    private static let counter = #"holdfast_sessions_closed_total{kind="websocket",ending="not_answering"}"#
}
