import Loop
import Wire

/// Terminals that are made and then not reached, since whoever made them fails at some stage of coming: each ends at its
/// deadline, once, and nothing is left of it.
struct UnreachedTerminalsScenario: Scenario {
    let name = "terminals nobody reaches"

    private enum Stage: CaseIterable {
        case nobody, beforeHead, midHead, refusedOrigin, badToken, afterUpgrade, midFrame, midClose
    }

    /// So many are there at one time.
    private static let batch = 20

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let ground = try await TerminalGround.start(
            ["TERMINALS_NEVER_ATTACHED": "300ms", "TERMINALS_DETACHED": "300ms"], on: loop)
        let count = scale.pick(short: 40, full: 500)
        var random = scale.random
        let before = try ground.server.metrics()[Self.counter] ?? 0
        var made = 0
        while made < count {
            var staying: [Peer] = []
            for _ in 0..<min(Self.batch, count - made) {
                // The first ones go through all stages.
                let all = Stage.allCases
                let stage = made < all.count ? all[made] : all.randomElement(using: &random)!
                let peer = try fail(at: stage, coming: try ground.make("exec sleep 1000"), ground)
                // Some do not even go, as far as the server can know. Who has come must go for the deadline to begin.
                let hasCome = [.afterUpgrade, .midFrame, .midClose].contains(stage)
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where !hasCome: if let peer { staying.append(peer) }
                case 1: peer?.close()
                default: peer?.reset()
                }
                made += 1
            }
            try await ground.emptied(within: .seconds(20), on: loop)
            for peer in staying { peer.close() }
        }
        let ended = try (ground.server.metrics()[Self.counter] ?? 0) - before
        try expect(ended == Double(count), "\(ended) of \(count) ended since nobody came")
        try await ground.finish(on: loop)
        return "\(count) made and not reached, all given back"
    }

    private static let counter = #"holdfast_sessions_closed_total{kind="terminal",ending="idle"}"#

    private func fail(at stage: Stage, coming id: String, _ ground: TerminalGround) throws -> Peer? {
        guard stage != .nobody else { return nil }
        let server = ground.server
        let peer = try Peer(port: server.port)
        let request = Peer.upgradeRequest("/api/v1/ws/terminals/\(id)", token: server.token)
        switch stage {
        case .nobody, .beforeHead: break
        case .midHead: try peer.send(String(request.dropLast(60)))
        case .refusedOrigin:
            try peer.send(
                request.replacing(
                    "Upgrade: websocket", with: "Origin: http://elsewhere.example\r\nUpgrade: websocket"))
            try refused(peer)
        case .badToken:
            try peer.send(Peer.upgradeRequest("/api/v1/ws/terminals/\(id)", token: "nobody"))
            try refused(peer)
        case .afterUpgrade: try peer.upgrade("/api/v1/ws/terminals/\(id)", token: server.token)
        case .midFrame:
            try peer.upgrade("/api/v1/ws/terminals/\(id)", token: server.token)
            try peer.send(Array(Peer.frame(.binary, "never whole").dropLast(4)))
        case .midClose:
            try peer.upgrade("/api/v1/ws/terminals/\(id)", token: server.token)
            try peer.send(Array(Peer.frame(.close, "\u{3}\u{E8}").dropLast(1)))
        }
        return peer
    }

    private func refused(_ peer: Peer) throws {
        let answer = String(decoding: try peer.receive(), as: UTF8.self)
        try expect(
            answer.hasPrefix("HTTP/1.1 401") || answer.hasPrefix("HTTP/1.1 403"),
            "it was answered \(answer.prefix(300))")
    }
}
