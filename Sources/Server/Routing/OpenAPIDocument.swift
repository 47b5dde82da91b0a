import Wire

/// The OpenAPI 3.1 document of some routes, made from the routes themselves.
///
/// A route whose path takes a rest is only named: OpenAPI has no word for it, and what it serves are files.
struct OpenAPIDocument {
    let build: BuildInfo
    /// The cookie that a page signs in with.
    let cookie: String
    let routes: [Route]

    var bytes: [UInt8] {
        let document: JSONNode = [
            "openapi": "3.1.0",
            "info": [
                "title": "Holdfast", "version": .text(build.version),
                "description": .text(description),
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": components,
        ]
        return document.bytes
    }

    private var description: String {
        let text = "Tasks, terminals, code and feeds, live. Times are RFC 3339 in UTC."
        let rests = routes.filter { RoutePattern($0.path)?.takesRest == true }
        guard !rests.isEmpty else { return text }
        let names = rests.map { "\($0.method) \($0.path) (\($0.summary))" }.joined(separator: ", ")
        return text + " Not described below, since a path of any length cannot be: \(names)."
    }

    private var paths: [(String, JSONNode)] {
        var order: [String] = []
        var items: [String: [(String, JSONNode)]] = [:]
        for route in routes {
            guard let pattern = RoutePattern(route.path), !pattern.takesRest else { continue }
            if items[route.path] == nil { order.append(route.path) }
            items[route.path, default: []].append(
                (route.method.name.lowercased(), OpenAPIOperation(route, pattern).node))
        }
        return order.map { ($0, .object(items[$0] ?? [])) }
    }

    private var components: JSONNode {
        [
            "schemas": ["Problem": .written(Self.problemSchema)],
            "responses": [
                "Problem": [
                    "description": "What is wrong, in a sentence that says what to do (RFC 9457).",
                    "content": [
                        "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
                    ],
                ]
            ],
            "securitySchemes": [
                "token": [
                    "type": "http", "scheme": "bearer",
                    "description": "A token of `holdfast token create`.",
                ],
                "cookie": [
                    "type": "apiKey", "in": "cookie", "name": .text(cookie),
                    "description": "The session of a page that is signed in.",
                ],
            ],
        ]
    }

    private static let problemSchema = """
        {"type":"object","required":["type","title","status","detail"],"properties":{\
        "type":{"type":"string","format":"uri-reference"},"title":{"type":"string"},\
        "status":{"type":"integer"},"detail":{"type":"string","description":"What to do about it."},\
        "request_id":{"type":"string","description":"What the server's log has the request under."}}}
        """
}
