import Loop

/// Readers that do not read, on a feed that is published to at full speed: those that read hear every message once,
/// in order, and as soon as without the others; and the server's memory does not grow with what is not read.
struct SlowReaderScenario: Scenario {
    let name = "slow readers"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(
            ["DEADLINES_WRITE_STALLED": "10m", "DEADLINES_PING_INTERVAL": "10m"], on: loop)
        let slowCount = scale.pick(short: 50, full: 200)
        let messages = scale.pick(short: 3000, full: 20_000)
        let answer = try server.request("POST", "/api/v1/feeds/stress?window=recent", body: "0")
        let digits = answer.split(separator: #"{"seq":"#).last?.prefix { $0.isNumber } ?? ""
        guard let first = Int(digits) else { throw StressError("it could not be published to: \(answer)") }
        let baseline = try await Baseline.settled(in: server, on: loop)
        let audience = try Audience(of: server, feed: "stress", after: first)
        let warm = messages / 10
        _ = try audience.hear(warm)
        let alone = try audience.hear(messages)
        let slow = try (0..<slowCount).map { _ in
            let peer = try Peer(port: server.port, receiveBuffer: 4096)
            try peer.upgrade("/api/v1/ws/feeds/stress", token: server.token)
            return peer
        }
        // Their sockets are full after this.
        _ = try audience.hear(warm)
        let memory = try server.metrics().sum(Self.memory)
        let beside = try audience.hear(messages)
        let metrics = try server.metrics()
        let grown = Int(metrics.sum(Self.memory) - memory)
        try expect(
            metrics.sum("holdfast_websockets") == Double(slowCount + audience.size), "some did not stay")
        try expect(grown < 8 << 20, "memory grew by \(grown) bytes while \(slowCount) did not read")
        // What the kernel's scheduler does to a few threads on a busy machine is neither.
        let ratio = beside.p99 / alone.p99
        try expect(
            ratio < 5 || beside.p99 < .milliseconds(50),
            "of 100, 99 heard within \(beside.p99) beside \(slowCount) that do not read, and \(alone.p99) without"
        )
        for peer in slow { peer.close() }
        audience.leave()
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        _ = try await server.stop(on: loop)
        return """
            \(messages) messages to \(audience.size), \(alone) without and \(beside) beside \(slowCount) that do not \
            read, \(Double(Int(ratio * 100)) / 100) times; memory grew by \(grown) bytes
            """
    }

    private static let memory = "holdfast_process_resident_memory_bytes"
}
