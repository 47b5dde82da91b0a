import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct OriginTests {
    /// Every route, as the server lists them itself: one that is added is tried too.
    @Test func aForeignPageOpensNoSocketAndChangesNothingAnywhere() async throws {
        try await withServer { server, _, loop in
            var headers = try await server.bearer("ci", on: loop)
            let feed = try await server.ask(.get, "/api/v1/feeds/routes", headers: headers, on: loop).body
            let routes = feed.split(separator: #"{"method":""#).dropFirst().map { entry in
                let fields = entry.split(separator: "\"")
                return (method: String(fields[0]), path: String(fields[4]))
            }
            #expect(routes.count > 20, "\(feed)")
            headers.append("Origin", "http://elsewhere.example")
            var tried = 0
            for route in routes {
                let target = route.path.replacing(/\{[^}]*\}/, with: "x")
                if target.hasPrefix("/api/v1/ws"), route.method == "GET" {
                    #expect(try await Self.status(of: target, headers, server, loop) == .forbidden)
                } else if !HTTPMethod(route.method).isSafe {
                    let answer = try await server.ask(
                        HTTPMethod(route.method), target, headers: headers, body: "{}", on: loop)
                    #expect(answer.status == .forbidden, "\(route)")
                } else {
                    continue
                }
                tried += 1
            }
            #expect(tried > 10)
        }
    }

    private static func status(
        of path: String, _ headers: HTTPHeaders, _ server: RunningServer, _ loop: isolated EventLoop
    ) async throws -> HTTPStatus? {
        do {
            try await server.listen(to: path, headers: headers, on: loop).abort(on: loop)
            return nil
        } catch ClientError.refused(let head, _) {
            return head.status
        }
    }
}
