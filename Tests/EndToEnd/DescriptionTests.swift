import FoundationEssentials
import Loop
import TestKit
import Testing
import Wire

@Suite struct DescriptionTests {
    private struct Description: Decodable {
        struct Operation: Decodable {}
        struct Info: Decodable { let description: String }
        let info: Info
        let paths: [String: [String: Operation]]
    }

    private struct Routes: Decodable {
        struct Route: Decodable {
            let method: String
            let path: String
        }
        struct Data: Decodable { let routes: [Route] }
        let data: Data
    }

    /// The feed `routes` has all routes; so has the description, but for what it names as left out.
    @Test func theDescriptionHasTheRoutesThatThereAre() async throws {
        try await withServer(configured: "static_folder: /usr/bin\n") { server, _, loop in
            let bearer = try await server.bearer("ci", on: loop)
            let feed = try await server.ask(.get, "/api/v1/feeds/routes", headers: bearer, on: loop).body
            let text = try await server.ask(.get, "/api/v1/openapi.json", on: loop).body
            let description = try JSONDecoder().decode(Description.self, from: Data(text.utf8))
            let routes = try JSONDecoder().decode(Routes.self, from: Data(feed.utf8)).data.routes
            let described = description.paths.flatMap { path, operations in
                operations.keys.map { "\($0.uppercased()) \(path)" }
            }
            let named = routes.map { "\($0.method) \($0.path)" }
            let rests = ["GET /{path...}", "GET /api/v1/tasks/{id}/artifacts/{path...}"]
            #expect(Set(named).subtracting(described) == Set(rests))
            #expect(Set(described).subtracting(named).isEmpty)
            #expect(description.info.description.contains("GET /{path...}"))
        }
    }

    private struct Sockets: Decodable {
        struct Channel: Decodable { let address: String }
        let channels: [String: Channel]
    }

    /// Each WebSocket is a channel of the description of what is said, and nothing else is.
    @Test func theDescriptionOfWhatIsSaidHasTheWebSocketsThatThereAre() async throws {
        try await withServer { server, _, loop in
            let bearer = try await server.bearer("ci", on: loop)
            let feed = try await server.ask(.get, "/api/v1/feeds/routes", headers: bearer, on: loop).body
            let text = try await server.ask(.get, "/api/v1/asyncapi.json", on: loop).body
            let sockets = try JSONDecoder().decode(Sockets.self, from: Data(text.utf8))
            let routes = try JSONDecoder().decode(Routes.self, from: Data(feed.utf8)).data.routes
            let paths = routes.map(\.path).filter { $0 == "/api/v1/ws" || $0.hasPrefix("/api/v1/ws/") }
            #expect(sockets.channels.values.map(\.address).sorted() == paths.sorted())
        }
    }
}
