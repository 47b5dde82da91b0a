import Wire

/// One route, as the OpenAPI document has it.
struct OpenAPIOperation {
    private let route: Route
    private let pattern: RoutePattern

    init(_ route: Route, _ pattern: RoutePattern) {
        self.route = route
        self.pattern = pattern
    }

    var node: JSONNode {
        var members: [(String, JSONNode)] = [
            ("operationId", .text(id)), ("summary", .text(route.summary)),
        ]
        if let description { members.append(("description", .text(description))) }
        if !parameters.isEmpty { members.append(("parameters", .array(parameters))) }
        if let schema = route.documentation.requestSchema {
            let content = Self.content(schema, route.documentation.requestTypes)
            members.append(("requestBody", ["required": .flag(true), "content": .object(content)]))
        }
        members.append(("responses", .object(responses)))
        members.append(("security", security))
        return .object(members)
    }

    /// `get_api_v1_feeds_name`: the pattern is one of a kind, and so is this.
    private var id: String {
        let words = pattern.segments.map { segment in
            switch segment {
            case .literal(let text): text
            case .parameter(let name), .rest(let name): "by_\(name)"
            }
        }
        let text = ([route.method.name.lowercased()] + words).joined(separator: "_")
        return String(text.map { $0.isLetter || $0.isNumber ? $0 : "_" })
    }

    private var description: String? {
        var parts = route.documentation.text.isEmpty ? [] : [route.documentation.text]
        if route.kind == .webSocket { parts.append("This is a WebSocket (RFC 6455).") }
        if case .atLeast(let role) = route.access { parts.append("Needs the role `\(role.rawValue)`.") }
        return parts.isEmpty ? nil : parts.joined(separator: "\n\n")
    }

    private var parameters: [JSONNode] {
        let documented = route.documentation.parameters
        let undocumented = pattern.names.filter { name in !documented.contains { $0.name == name } }
        let inPath = undocumented.map { Documentation.Parameter($0, "") }
        return (inPath + documented).map { parameter in
            let isPath = pattern.names.contains(parameter.name)
            return [
                "name": .text(parameter.name), "in": isPath ? "path" : .text(parameter.place.rawValue),
                "description": .text(parameter.text), "required": .flag(isPath || parameter.isRequired),
                "schema": .written(parameter.schema),
            ]
        }
    }

    private var responses: [(String, JSONNode)] {
        var responses = route.documentation.responses.sorted { $0.status < $1.status }
        let succeeds = responses.contains { $0.status < 400 }
        if route.kind == .webSocket, !responses.contains(where: { $0.status == 101 }) {
            responses.insert((101, "The connection goes on as a WebSocket.", nil), at: 0)
        } else if !succeeds {
            responses.insert((200, "Done.", nil), at: 0)
        }
        return responses.map { (String($0.status), response($0.status, $0.text, $0.schema)) }
            + [("default", ["$ref": "#/components/responses/Problem"])]
    }

    /// An error without a schema of its own is a problem document.
    private func response(_ status: UInt16, _ text: String, _ schema: String?) -> JSONNode {
        let types = route.documentation.responseTypes.filter { $0.status == status }.map(\.type)
        var content = Self.content(schema, types)
        if content.isEmpty, status >= 400 {
            content = [("application/problem+json", ["schema": ["$ref": "#/components/schemas/Problem"]])]
        }
        guard !content.isEmpty else { return ["description": .text(text)] }
        return ["description": .text(text), "content": .object(content)]
    }

    /// What a body may be: JSON, where it has a schema, and text of these types.
    private static func content(_ schema: String?, _ types: [String]) -> [(String, JSONNode)] {
        let json = schema.map { [("application/json", ["schema": .written($0)] as JSONNode)] } ?? []
        return json + types.map { ($0, ["schema": ["type": "string"]]) }
    }

    private var security: JSONNode {
        switch route.access {
        case .anyone, .signed: []
        case .atLeast: [["token": []], ["cookie": []]]
        }
    }
}
