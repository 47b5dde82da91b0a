/// What the AsyncAPI document says of the WebSockets of terminals.
enum AsyncAPITerminals {
    static let names = [
        "terminal_bytes", "attached", "resize", "title", "terminal_gap", "terminal_reset", "expiring", "exit",
        "error",
        "pong", "end",
    ]

    static var messages: [(String, JSONNode)] {
        let (number, text): (JSONNode, JSONNode) = (["type": "integer"], ["type": "string"])
        let time: JSONNode = ["type": "string", "format": "date-time"]
        let size = [("cols", number), ("rows", number)]
        let bounds = [("from", number), ("to", number)]
        let ending: [(String, JSONNode)] = [
            ("code", number), ("signal", text), ("killed", number), ("remaining", number),
            ("took_ms", number),
        ]
        return [
            (
                "terminal_bytes",
                [
                    "name": "terminal_bytes", "summary": "What the terminal says, as binary messages.",
                    "contentType": "application/octet-stream",
                    "payload": ["type": "string", "format": "binary"],
                ]
            ),
            message(
                "attached", "The first: where the bytes go on.",
                [("id", text), ("offset", number)] + size
                    + [("title", text), ("can_write", ["type": "boolean"]), ("kept_from", number)]),
            message("resize", "The terminal has another size.", size),
            message("title", "Its program says what it is called.", [("title", text)]),
            message("gap", "Bytes that are no longer kept, as offsets.", bounds, named: "terminal_gap"),
            message(
                "reset", "The offset given is of another life; the bytes go on here.", [("from", number)],
                named: "terminal_reset"),
            message(
                "expiring", "It ends at that time unless something happens.",
                [("reason", text), ("because", text), ("at", time)]),
            message(
                "exit", "Its program is over, by a code or a signal; by neither where nobody saw that.",
                ending,
                required: ["killed", "remaining", "took_ms"]),
        ]
    }

    private static func message(
        _ type: String, _ text: String, _ members: [(String, JSONNode)], named name: String? = nil,
        required: [String]? = nil
    ) -> (String, JSONNode) {
        let needed = required ?? members.map(\.0)
        let data: JSONNode = [
            "type": "object", "required": .array(needed.map { .text($0) }), "properties": .object(members),
        ]
        let payload: JSONNode = [
            "type": "object", "required": ["type", "ts", "data"],
            "properties": [
                "type": ["type": "string", "const": .text(type)],
                "ts": ["type": "string", "format": "date-time"], "data": data,
            ],
        ]
        return (name ?? type, ["name": .text(name ?? type), "summary": .text(text), "payload": payload])
    }
}
