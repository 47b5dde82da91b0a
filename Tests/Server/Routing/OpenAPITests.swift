import JSONCoding
import Feeds
import FoundationEssentials
import Loop
import Testing
import Transport
import Wire

@testable import Server

@Suite struct OpenAPITests {
    private func document(_ routes: [Route]) async throws -> Document {
        let box = Box()
        try await withLoop { loop, _ in
            let route = Route.openAPI(describing: routes, build: BuildInfo(version: "1.2"), cookie: "session")
            let response = try await route.handler(call(try request(.get, "/", on: loop)), loop)
            box.document = try JSONDecoder().decode(Document.self, from: Data(response.bytes))
        }
        return try #require(box.document)
    }

    private final class Box: @unchecked Sendable {
        // @unchecked: written on the loop, read after it has ended.
        var document: Document?
    }

    private struct Document: Decodable {
        struct Operation: Decodable {
            struct Parameter: Decodable {
                var name: String
                var `in`: String
                var required: Bool
            }
            struct Status: Decodable {
                struct Media: Decodable {}
                var content: [String: Media]?
            }
            var operationId: String
            var parameters: [Parameter]?
            var responses: [String: Status]
            var security: [[String: [String]]]
        }
        struct Info: Decodable {
            var description: String
        }
        var openapi: String
        var info: Info
        var paths: [String: [String: Operation]]
    }

    private func route(
        _ method: HTTPMethod, _ path: String, kind: Route.Kind = .resource, access: Access = .anyone,
        documentation: Documentation = Documentation()
    ) -> Route {
        Route(method, path, "S", kind: kind, access: access, documentation: documentation) { _, _ in
            Response(.ok)
        }
    }

    @Test func everyRouteIsDescribedAndTheDescriptionItself() async throws {
        let document = try await document([
            route(.get, "/a"), route(.post, "/a"), route(.get, "/ws", kind: .webSocket),
            route(.get, "/{path...}"),
        ])
        #expect(document.openapi == "3.1.0")
        #expect(document.paths.keys.sorted() == ["/a", "/api/v1/openapi.json", "/ws"])
        #expect(document.info.description.contains("GET /{path...}"))
        #expect(document.paths["/a"]?.keys.sorted() == ["get", "post"])
        #expect(document.paths["/ws"]?["get"]?.responses.keys.sorted() == ["101", "default"])
        let ids = document.paths.values.flatMap { $0.values.map(\.operationId) }
        #expect(Set(ids).count == ids.count)
    }

    @Test func anAnswerIsOfTheTypesThatItsRouteSays() async throws {
        var documentation = Documentation()
        documentation.responses = [(200, "Either.", "{}"), (404, "None.", nil)]
        documentation.responseTypes = [(200, "text/event-stream")]
        let document = try await document([
            route(.get, "/either", documentation: documentation), .metrics(from: []),
        ])
        let either = try #require(document.paths["/either"]?["get"]?.responses)
        #expect(either["200"]?.content?.keys.sorted() == ["application/json", "text/event-stream"])
        #expect(either["404"]?.content?.keys.sorted() == ["application/problem+json"])
        let metrics = try #require(document.paths["/metrics"]?["get"]?.responses)
        #expect(metrics["200"]?.content?.keys.sorted() == ["text/plain"])
    }

    @Test func parametersOfThePathAreThereEvenIfNobodyDescribedThem() async throws {
        var documentation = Documentation()
        documentation.parameters = [.init("after", "Where to go on."), .init("name", "The feed.")]
        let document = try await document([
            route(.get, "/feeds/{name}/{id}", documentation: documentation)
        ])
        let parameters = try #require(document.paths["/feeds/{name}/{id}"]?["get"]?.parameters)
        #expect(
            parameters.map { "\($0.name) \($0.in) \($0.required)" }.sorted()
                == ["after query false", "id path true", "name path true"])
    }

    @Test func whatNeedsARoleSaysHowToSignIn() async throws {
        let document = try await document([route(.get, "/a"), route(.get, "/b", access: .atLeast(.viewer))])
        #expect(document.paths["/a"]?["get"]?.security.isEmpty == true)
        #expect(document.paths["/b"]?["get"]?.security.map { $0.keys.first } == ["token", "cookie"])
    }

    private struct Inner: Codable {
        let number: Int
    }

    private struct Outer: Codable {
        let plainText: String
        let isThere: Bool
        let count: UInt64?
        @OrNull var endsAt: Timestamp?
        let inner: Inner
        let maybe: Inner?
        let list: [Inner]
        let holds: [String: Int]
        let window: FeedWindow
        let data: AnyJSON
    }

    @Test func aReplyIsDescribedByItsOwnType() throws {
        let inner = #"{"type":"object","required":["number"],"properties":{"number":{"type":"integer"}}}"#
        let expected = """
            {"type":"object","required":["plain_text","is_there","ends_at","inner","list","holds","window","data"],\
            "properties":{"plain_text":{"type":"string"},"is_there":{"type":"boolean"},"count":{"type":"integer"},\
            "ends_at":{"anyOf":[{"type":"string","format":"date-time"},{"type":"null"}]},"inner":\(inner),\
            "maybe":\(inner),"list":{"type":"array","items":\(inner)},\
            "holds":{"type":"object","additionalProperties":{"type":"integer"}},\
            "window":{"type":"string","enum":["latest","recent"]},"data":{}}}
            """
        #expect(JSONSchema.text(of: Outer.self) == expected)
        // What is always there is written when it is null, too.
        let value = Outer(
            plainText: "", isThere: true, count: nil, endsAt: nil, inner: Inner(number: 1), maybe: nil,
            list: [],
            holds: [:], window: .recent, data: AnyJSON())
        let text = String(decoding: try JSONFormat.encoder.encode(value), as: UTF8.self)
        #expect(text.contains(#""ends_at":null"#) && !text.contains("count") && !text.contains("maybe"))
    }
}
