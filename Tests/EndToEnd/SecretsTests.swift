import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct SecretsTests {
    private static let password = "correct horse battery"
    private static let guess = "wrong-horse-battery"

    /// Somebody uses all that lets one in, rightly and wrongly; none of it may be found afterwards.
    @Test func nothingThatLetsSomebodyInIsWrittenDown() async throws {
        let yaml = "log:\n  level: debug\n  format: json\n"
        try await withServer(configured: yaml) { server, folder, loop in
            let bearer = try await server.bearer("ci", on: loop)
            let token = String(try #require(bearer["Authorization"]).dropFirst("Bearer ".count))
            let path = "/api/v1/ws/feeds/routes"
            let made = try await server.answer(
                to: .post, "/api/v1/accounts", headers: bearer,
                body: #"{"name":"ann","role":"viewer","password":"\#(Self.password)"}"#, on: loop)
            #expect(made.head.status == .created)
            let cookie = try await server.signIn("ann", Self.password, on: loop)
            let session = try #require(cookie["Cookie"]?.split(separator: "=").last.map(String.init))
            for name in ["ann", Self.guess] {
                let body = #"{"name":"\#(name)","password":"\#(Self.guess)"}"#
                let refused = try await server.ask(.post, "/api/v1/sign-in", body: body, on: loop)
                #expect(refused.status == .unauthorized)
            }
            let answer = try await server.answer(to: .post, "/api/v1/ws-ticket", headers: bearer, on: loop)
            let ticket = try Self.field("ticket", of: answer.body)
            let second = try await server.answer(
                to: .post, "/api/v1/tokens", headers: bearer, body: #"{"name":"two"}"#, on: loop)
            let other = try Self.field("token", of: second.body)
            let link = try await server.run("login-link", "ann", on: loop).output.dropLast()
            let linkSecret = try #require(link.split(separator: "=").last.map(String.init))
            for _ in 0..<2 {
                _ = try await server.ask(.get, "/sign-in?token=\(linkSecret)", on: loop)
            }

            try await Self.listen(to: "\(path)?ticket=\(ticket)", server, loop)
            try await Self.listen(
                to: path, showing: ["Origin": server.url, "Cookie": cookie["Cookie"] ?? ""], server, loop)
            let socket = try await TestClient.connect(
                "ws" + server.url.dropFirst("http".count) + path, subprotocols: ["bearer", other], on: loop)
            #expect(socket.subprotocol == "bearer")
            try await socket.close(on: loop)
            for wrong in [
                "\(path)?ticket=\(ticket)", "\(path)?token=\(token)", "/nowhere?key=\(other)", "/\(token)",
                "/nowhere?x=\(token)&\(other)", "/api/v1/feeds/\(session)",
                "/api/v1/feeds/\(token)?x=\(ticket)",
            ] {
                _ = try await server.ask(
                    .get, wrong, headers: ["Authorization": "Bearer \(token)x"], on: loop)
                _ = try await server.ask(.get, wrong, on: loop)
            }

            var trail = ""
            let deadline = loop.clock.now + Holdfast.patience
            while trail.split(separator: #""event":"session_closed""#).count < 4 {
                try #require(loop.clock.now < deadline)
                let path = "/api/v1/audit?limit=1000"
                trail = try await server.ask(.get, path, headers: bearer, on: loop).body
            }
            #expect(trail.contains("wrong password"))
            server.program.child.signal(SIGTERM)
            let end = try await server.program.finish(on: loop)
            #expect(end.error.contains("/api/v1/ws-ticket") && end.error.contains("ticket=***"))
            for secret in [token, session, ticket, other, linkSecret, Self.password, Self.guess] {
                #expect(!end.error.contains(secret))
                #expect(!end.output.contains(secret))
                #expect(!trail.contains(secret))
            }
        }
    }

    private static func listen(
        to path: String, showing headers: HTTPHeaders = [:], _ server: RunningServer,
        _ loop: isolated EventLoop
    ) async throws {
        let socket = try await server.listen(to: path, headers: headers, on: loop)
        _ = try await socket.text(on: loop)
        try await socket.close(on: loop)
    }

    private static func field(_ name: String, of body: String) throws -> String {
        let rest = try #require(body.firstRange(of: "\"\(name)\":\"")).upperBound
        return String(body[rest...].prefix { $0 != "\"" })
    }
}
