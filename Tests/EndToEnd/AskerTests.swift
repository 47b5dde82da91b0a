import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct AskerTests {
    /// The log, the list and the audit trail say the same of somebody who comes through a proxy.
    @Test func whoComesThroughAProxyThatIsTrustedIsKnownByTheirOwnAddress() async throws {
        let yaml = "trusted_proxies: [127.0.0.1]\nlog:\n  format: json\n"
        try await withServer(configured: yaml) { server, _, loop in
            var headers = try await server.bearer("ci", on: loop)
            let plain = headers
            headers.append("X-Forwarded-For", "192.0.2.66, 203.0.113.7")
            let socket = try await server.listen(to: "/api/v1/ws/feeds/routes", headers: headers, on: loop)
            _ = try await socket.text(on: loop)
            let list = try await server.ask(
                .get, "/api/v1/sessions?kind=websocket", headers: plain, on: loop)
            #expect(list.body.contains(#""peer":"203.0.113.7""#), "\(list.body)")
            try await socket.close(on: loop)
            let deadline = loop.clock.now + Holdfast.patience
            var trail = ""
            while !trail.contains("session_closed") {
                try #require(loop.clock.now < deadline)
                trail = try await server.ask(.get, "/api/v1/audit", headers: plain, on: loop).body
            }
            #expect(trail.split(separator: #""peer":"203.0.113.7""#).count == 3, "\(trail)")
            server.program.child.signal(SIGTERM)
            let log = try await server.program.finish(on: loop).error.split(separator: "\n")
            let line = log.first { $0.contains("/api/v1/ws/feeds/routes") } ?? ""
            #expect(line.contains(#""peer":"203.0.113.7""#), "\(line)")
            #expect(log.contains { $0.contains("/api/v1/audit") && $0.contains(#""peer":"127.0.0.1""#) })
        }
    }
}
