import Loop

/// More connections than there are descriptors: the server says so, does not spin, and recovers by itself.
struct DescriptorScenario: Scenario {
    let name = "descriptors run out"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(
            ["DEADLINES_REQUEST_HEAD": "1m"], limits: [ProcessSpec.Limit(.openFiles, 200)], on: loop)
        _ = try server.request("GET", "/healthz")
        let baseline = try await Baseline.settled(in: server, on: loop)
        var peers: [Peer] = []
        for _ in 0..<300 { peers.append(try Peer(port: server.port)) }
        // Some wait in the backlog now, and the server must not burn its processor over them.
        let before = ProcessTimes(of: server.child.pid)
        await loop.sleep(until: loop.clock.now + .seconds(2))
        let used = ProcessTimes(of: server.child.pid) - before
        try expect(used < 0.5, "it used \(used) s of processor in 2 s of shortage")
        for peer in peers { peer.close() }
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        try expect(server.request("GET", "/healthz").hasPrefix("HTTP/1.1 200"), "it does not serve any more")
        let troubles = try server.metrics().sum("holdfast_accept_troubles_total")
        try expect(troubles > 0, "it did not count the shortage")
        _ = try await server.stop(on: loop)
        return "300 for 200 descriptors, recovered; \(used) s of processor in 2 s of shortage"
    }
}
