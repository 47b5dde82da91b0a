import JSONCoding
import Wire
import Workflows

/// The AsyncAPI 3.0 document of some routes: a channel for each WebSocket, made from the route itself, with the
/// messages that come there.
struct AsyncAPIDocument {
    let build: BuildInfo
    let routes: [Route]

    var bytes: [UInt8] {
        let document: JSONNode = [
            "asyncapi": "3.0.0",
            "info": [
                "title": "Holdfast", "version": .text(build.version),
                "description": """
                What the server says over WebSockets, one JSON text each. The same messages come as Server-Sent \
                Events, and on the channels of the multiplexed WebSocket, where each begins with `channel`.
                """,
            ],
            "defaultContentType": "application/json",
            "channels": .object(sockets.map { ($0.key, $0.channel) }),
            "operations": .object(sockets.map { ($0.operationKey, $0.operation) }),
            "components": ["messages": .object(messages), "schemas": .object(schemas)],
        ]
        return document.bytes
    }

    private var sockets: [AsyncAPISocket] {
        routes.filter { $0.kind == .webSocket }.compactMap(AsyncAPISocket.init)
    }

    private var messages: [(String, JSONNode)] {
        let feeds = FeedCatalogue.pages.map { page in
            (
                page.messageType,
                AsyncAPIMessage.entry(
                    page.messageType, page.text, data: ["$ref": "#/components/schemas/\(page.messageType)"])
            )
        }
        return feeds + AsyncAPIMessage.ofConnections + AsyncAPITerminals.messages
    }

    private var schemas: [(String, JSONNode)] {
        FeedCatalogue.pages.map { ($0.messageType, $0.schema) } + [
            ("task", JSONSchema.of(TaskRecord.self)), ("task_event", JSONSchema.of(TaskMessages.Event.self)),
        ]
    }
}

/// One WebSocket of the document.
struct AsyncAPISocket {
    private let route: Route
    private let pattern: RoutePattern
    /// Behind `/api/v1/ws`, without what stands in braces.
    private let name: String

    init?(_ route: Route) {
        guard let pattern = RoutePattern(route.path) else { return nil }
        self.route = route
        self.pattern = pattern
        let segments = route.path.split(separator: "/").drop { $0 != "ws" }.dropFirst()
        name = segments.filter { !$0.hasPrefix("{") }.joined(separator: "-")
    }

    var key: String { name.isEmpty ? "all" : name }
    var operationKey: String { "hear-\(key)" }

    private var messageNames: [String] {
        if name.hasPrefix("terminals") { return AsyncAPITerminals.names }
        let own =
            switch key {
            case "tasks": ["state", "event"]
            case "all":
                FeedCatalogue.pages.map(\.messageType) + ["state", "event", "entry", "closed", "error"]
            default: [FeedCatalogue.page(key)?.messageType ?? "entry"]
            }
        return own + ["gap", "reset", "pong", "end"]
    }

    var channel: JSONNode {
        var members: [(String, JSONNode)] = [
            ("address", .text(route.path)), ("title", .text(route.summary)),
            ("description", .text(route.documentation.text)),
        ]
        if !pattern.names.isEmpty {
            members.append(
                ("parameters", .object(pattern.names.map { ($0, ["description": .text("`\($0)`")]) })))
        }
        members.append(
            (
                "messages",
                .object(messageNames.map { ($0, ["$ref": .text("#/components/messages/\($0)")]) })
            ))
        return .object(members)
    }

    var operation: JSONNode {
        [
            "action": "send", "channel": ["$ref": .text("#/channels/\(key)")],
            "summary": .text(route.summary),
            "messages": .array(
                messageNames.map { ["$ref": .text("#/channels/\(key)/messages/\($0)")] }),
        ]
    }
}

/// The messages of the document.
enum AsyncAPIMessage {
    /// An entry of a log.
    static func entry(_ type: String?, _ text: String, data: JSONNode) -> JSONNode {
        let named: JSONNode = type.map { ["type": "string", "const": .text($0)] } ?? ["type": "string"]
        return message(
            type ?? "entry", text, required: ["type", "seq", "ts", "data"],
            [
                ("type", named), ("seq", ["type": "integer"]), ("ts", time), ("data", data),
                ("stale", ["type": "string", "description": "Why the value may be old."]),
            ])
    }

    static var ofConnections: [(String, JSONNode)] {
        let bounds: JSONNode = [
            "type": "object", "required": ["from"],
            "properties": ["from": ["type": "integer"], "to": ["type": "integer"]],
        ]
        return [
            ("entry", entry(nil, "What somebody has published.", data: [:])),
            ("state", entry("state", "A task as it is now.", data: ["$ref": "#/components/schemas/task"])),
            (
                "event",
                entry(
                    "event", "Something that a task said.", data: ["$ref": "#/components/schemas/task_event"])
            ),
            ("gap", own("gap", "Entries that are no longer kept.", data: bounds)),
            ("reset", own("reset", "The number given is of another life of the feed.", data: bounds)),
            ("pong", own("pong", "The answer to `{\"type\":\"ping\"}`.", data: nil)),
            ("end", own("end", "The last message: why the connection ends.", data: ending)),
            ("closed", own("closed", "The last message of a channel: why it ends.", data: ending)),
            ("error", own("error", "What could not be done.", data: ["type": "object"])),
        ]
    }

    /// A message that belongs to the connection and has no number.
    private static func own(_ type: String, _ text: String, data: JSONNode?) -> JSONNode {
        var properties: [(String, JSONNode)] = [
            ("type", ["type": "string", "const": .text(type)]), ("ts", time),
        ]
        if let data { properties.append(("data", data)) }
        return message(type, text, required: ["type", "ts"], properties)
    }

    private static func message(
        _ name: String, _ text: String, required: [JSONNode], _ properties: [(String, JSONNode)]
    ) -> JSONNode {
        [
            "name": .text(name), "summary": .text(text),
            "payload": [
                "type": "object", "required": .array(required), "properties": .object(properties),
            ],
        ]
    }

    private static let time: JSONNode = ["type": "string", "format": "date-time"]

    private static var ending: JSONNode {
        [
            "type": "object", "required": ["code", "reason", "name", "retry"],
            "properties": [
                "code": ["type": "integer"], "reason": ["type": "string"], "name": ["type": "string"],
                "retry": ["type": "boolean"],
            ],
        ]
    }
}

extension Route {
    /// The description of what the server says over WebSockets, for programs that make clients.
    static func asyncAPI(describing routes: [Route], build: BuildInfo) -> Route {
        let bytes = AsyncAPIDocument(build: build, routes: routes).bytes
        let tag = EntityTag.of(bytes)
        var documentation = Documentation()
        documentation.responses = [(200, "An AsyncAPI 3.0 document.", #"{"type":"object"}"#)]
        return Route(
            .get, "/api/v1/asyncapi.json", "What is said over WebSockets", access: .anyone,
            documentation: documentation
        ) { call, _ throws(HTTPError) in
            .cached(bytes, type: "application/json", tag: tag, for: call.request)
        }
    }
}
