import Glibc
import Loop
import Wire

/// Those who only listen, on every feed of the server's own and on each way to them: they never send a byte but
/// pongs, and stay.
struct ListeningScenario: Scenario {
    let name = "listeners stay"
    let isLong = true

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        let server = try await ServerUnderTest.start(on: loop)
        let paths = try Self.feeds(of: server)
        try expect(!paths.isEmpty, "the server tells of no feeds")
        let peers = try paths.map { path in
            let peer = try Peer(port: server.port)
            try peer.upgrade(path, token: server.token)
            return peer
        }
        let span = Duration.seconds(600)
        let end = loop.clock.now + span
        var (messages, pings) = (peers.map { _ in 0 }, peers.map { _ in 0 })
        while loop.clock.now < end {
            var waiting = peers.map { pollfd(fd: $0.raw, events: Int16(POLLIN), revents: 0) }
            let isReady = unsafe poll(&waiting, nfds_t(waiting.count), 1000) > 0
            guard isReady || peers.contains(where: \.hasUnread) else { continue }
            for index in peers.indices where waiting[index].revents != 0 || peers[index].hasUnread {
                for message in try peers[index].messages() {
                    switch message {
                    case .text: messages[index] += 1
                    case .ping:
                        pings[index] += 1
                        try peers[index].send(Peer.frame(.pong, ""))
                    case .close, .cut: throw StressError("\(paths[index]) ended with \(message)")
                    }
                }
            }
        }
        let (quietest, fewest) = (messages.min() ?? 0, pings.min() ?? 0)
        try expect(
            quietest > 0, "there was a feed without a message: \(zip(paths, messages).map { "\($0)" })")
        try expect(fewest > 0, "there was a listener that was never asked whether it is there")
        for peer in peers { peer.close() }
        let exit = try await server.stop(on: loop)
        try expect(exit == .exited(status: 0), "the server ended by \(exit)")
        return """
            \(paths.count) feeds for \(span.milliseconds / 1000) s: \(messages.reduce(0, +)) messages, \
            \(pings.reduce(0, +)) pings
            """
    }

    /// As the server's own description has them: WebSockets without a parameter, but for the one that carries others.
    private static func feeds(of server: ServerUnderTest) throws -> [String] {
        let description = try server.ask("GET", "/api/v1/openapi.json").object()
        guard let paths = description["paths"].flatMap({ JSONObject(minified: Array($0)) }) else { return [] }
        return paths.keys.filter { $0.hasPrefix("/api/v1/ws/") && !$0.contains("{") }
    }
}
