import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct QueryTests {
    @Test func aMistypedParameterIsSaidByEveryKindOfAnswer() async throws {
        try await withServer { server, _, loop in
            let admin = try await server.bearer("ci", on: loop)
            for path in ["tasks?stauts=FAILED", "history?statsu=FAILED", "audit?evnet=x", "queue?x=1"] {
                let refused = try await server.ask(.get, "/api/v1/\(path)", headers: admin, on: loop)
                #expect(refused.status == .badRequest, "\(path)")
                #expect(refused.body.contains("There is no parameter `"), "\(refused.body)")
            }
            let twice = try await server.ask(
                .get, "/api/v1/tasks?limit=1&limit=2", headers: admin, on: loop)
            #expect(twice.status == .badRequest && twice.body.contains("`limit` is there more than once"))
            // Who is nobody learns nothing of it.
            #expect(try await server.ask(.get, "/api/v1/tasks?stauts=x", on: loop).status == .unauthorized)
            var stream = admin
            stream.append("Accept", "text/event-stream")
            let refused = try await server.ask(
                .get, "/api/v1/feeds/routes?afer=5", headers: stream, on: loop)
            #expect(refused.status == .badRequest)
            #expect(refused.body.contains("did you mean `after`?"))
            do {
                let socket = try await server.listen(
                    to: "/api/v1/ws/feeds/routes?afer=5", headers: admin, on: loop)
                socket.abort(on: loop)
                Issue.record("a mistyped `after` was let in")
            } catch ClientError.refused(let head, _) {
                #expect(head.status == .badRequest)
            }
            var page = admin
            page.append("Origin", server.url)
            let socket = try await server.listen(
                to: "/api/v1/ws/feeds/routes?afer=5", headers: page, on: loop)
            #expect(try await socket.text(on: loop).contains("did you mean `after`?"))
            #expect(try await socket.closed(on: loop).code?.rawValue == 4400)
            for path in ["/?utm_source=x", "/healthz?x=1", "/api/v1/tasks?status=FAILED&limit=1"] {
                #expect(try await server.ask(.get, path, headers: admin, on: loop).status == .ok, "\(path)")
            }
        }
    }
}
