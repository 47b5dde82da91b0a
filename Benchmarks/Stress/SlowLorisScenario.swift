import Loop

/// Heads and bodies that come a byte at a time, or stop: each is answered 408 or closed at its deadline.
struct SlowLorisScenario: Scenario {
    let name = "slow heads and bodies"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(
            ["DEADLINES_REQUEST_HEAD": "1s", "DEADLINES_REQUEST_BODY_IDLE": "1s"], on: loop)
        let count = scale.pick(short: 100, full: 1000)
        _ = try server.request("POST", "/api/v1/feeds/stress?window=recent", body: "1")
        let baseline = try await Baseline.settled(in: server, on: loop)
        var heads: [Peer] = []
        var bodies: [Peer] = []
        for index in 0..<count {
            let peer = try Peer(port: server.port)
            if index.isMultiple(of: 2) {
                try peer.send("GET / HTTP/1.1\r\nX-Slow: ")
                heads.append(peer)
            } else {
                try peer.send(
                    "POST /api/v1/feeds/stress HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(server.token)\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"slow\":"
                )
                bodies.append(peer)
            }
        }
        // Bytes keep coming, which must not put the deadlines off.
        for _ in 0..<8 {
            for peer in heads + bodies { try? peer.send("x") }
            // The pace of the attack itself, not a wait for an effect.
            await loop.sleep(until: loop.clock.now + .milliseconds(200))
        }
        try expect(server.request("GET", "/healthz").hasPrefix("HTTP/1.1 200"), "others are disturbed")
        for peer in heads + bodies {
            let answer = String(decoding: try peer.receiveToEnd(), as: UTF8.self)
            try expect(answer.hasPrefix("HTTP/1.1 408"), "a slow peer was told \(answer.prefix(100))")
        }
        try await baseline.isRestored(in: server, within: .seconds(10), on: loop)
        _ = try await server.stop(on: loop)
        return "\(count) answered 408"
    }
}
