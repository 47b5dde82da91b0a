/// A text with `{{ payload.a.b }}`, `{{ event }}`, `{{ source }}` or `{{ delivery }}` in it, checked when it is made.
package struct PayloadTemplate: Equatable, Sendable {
    private enum Part: Equatable, Sendable {
        case text(String)
        case payload(PayloadPath)
        case event, source, delivery
    }

    package struct Mistake: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    private let parts: [Part]

    package init(_ text: String) throws(Mistake) {
        var parts: [Part] = []
        var rest = text[...]
        while let begin = rest.firstRange(of: "{{") {
            guard let end = rest[begin.upperBound...].firstRange(of: "}}") else {
                throw Mistake(description: "“{{” has no “}}” behind it.")
            }
            if begin.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<begin.lowerBound]))) }
            parts.append(try Self.part(rest[begin.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func part(_ text: Substring) throws(Mistake) -> Part {
        let name = text.filter { $0 != " " }
        switch name {
        case "event": return .event
        case "source": return .source
        case "delivery": return .delivery
        default:
            guard name.hasPrefix("payload."), let path = PayloadPath(name.dropFirst("payload.".count)) else {
                throw Mistake(
                    description:
                        "“{{\(text)}}” is not known; write payload. and a path, event, source or delivery."
                )
            }
            return .payload(path)
        }
    }

    /// The text; what is not in the payload leaves its place empty.
    package func text(for delivery: WebhookContent) -> String {
        parts.map { Self.value(of: $0, in: delivery)?.text ?? "" }.joined()
    }

    /// As an input: one that is nothing but a place in the payload has the kind of what is there, and is left out where
    /// nothing is, so that the workflow's own default holds.
    package func value(for delivery: WebhookContent) -> InputValue? {
        if parts.count == 1 { return Self.value(of: parts[0], in: delivery) }
        return .text(text(for: delivery))
    }

    private static func value(of part: Part, in delivery: WebhookContent) -> InputValue? {
        switch part {
        case .text(let text): .text(text)
        case .payload(let path): delivery.payload[path]?.value
        case .event: .text(delivery.event)
        case .source: .text(delivery.source)
        case .delivery: delivery.id.map(InputValue.text)
        }
    }
}

/// What a delivery says, once it is known to come from its source.
package struct WebhookContent: Sendable {
    package let source: String
    package let event: String
    package let id: String?
    package let payload: Payload

    package init(source: String, event: String, id: String?, payload: Payload) {
        self.source = source
        self.event = event
        self.id = id
        self.payload = payload
    }
}
