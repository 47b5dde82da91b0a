import Loop
import Wire

/// Readers that do not read, on a feed that is published at full speed: others hear everything in order, and the
/// server's memory does not grow with what is not read.
struct SlowReaderScenario: Scenario {
    let name = "slow readers"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(
            ["DEADLINES_WRITE_STALLED": "10m", "DEADLINES_PING_INTERVAL": "10m"], on: loop)
        let slowCount = scale.pick(short: 50, full: 200)
        let messages = scale.pick(short: 3000, full: 20_000)
        _ = try server.request("POST", "/api/v1/feeds/stress?window=recent", body: "0")
        let baseline = try await Baseline.settled(in: server, on: loop)
        var slow: [Peer] = []
        for _ in 0..<slowCount {
            let peer = try Peer(port: server.port, receiveBuffer: 4096)
            try peer.upgrade("/api/v1/ws/feeds/stress", token: server.token)
            slow.append(peer)
        }
        let reader = try Peer(port: server.port)
        try reader.upgrade("/api/v1/ws/feeds/stress", token: server.token)
        let publisher = try Peer(port: server.port)
        let filler = String(repeating: "x", count: 1000)
        var heard: [Int] = []
        let warm = messages / 10
        var memory = 0.0
        for number in 1...messages {
            try publisher.send(publication(number, filler, token: server.token))
            let answer = try publisher.response()
            try expect(answer.hasPrefix("HTTP/1.1 20"), "publishing was refused: \(answer.prefix(200))")
            while heard.last != number { heard += try numbers(from: reader) }
            if number == warm { memory = try server.metrics().sum("holdfast_process_resident_memory_bytes") }
        }
        try expect(
            heard == Array(1...messages), "the reader that reads did not hear each message once, in order")
        let grown = try server.metrics().sum("holdfast_process_resident_memory_bytes") - memory
        try expect(
            grown < Double(8 << 20), "memory grew by \(Int(grown)) bytes while \(slowCount) did not read")
        for peer in slow + [reader, publisher] { peer.close() }
        try await baseline.isRestored(in: server, within: .seconds(20), on: loop)
        _ = try await server.stop(on: loop)
        return "\(messages) messages past \(slowCount) that do not read; memory grew by \(Int(grown)) bytes"
    }

    private func publication(_ number: Int, _ filler: String, token: String) -> String {
        let body = #"{"n":\#(number),"x":"\#(filler)"}"#
        return
            "POST /api/v1/feeds/stress HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func numbers(from reader: Peer) throws -> [Int] {
        try reader.messages().compactMap { message in
            guard case .text(let text) = message else {
                throw StressError("the reader saw \(message)")
            }
            let parts = text.split(separator: #""n":"#, maxSplits: 1)
            return parts.count == 2 ? Int(parts[1].prefix { $0.isNumber }) : nil
        }
    }
}
