/// The value of `Sec-WebSocket-Extensions`, taken apart (RFC 6455, 9.1).
struct ExtensionList {
    struct Element {
        var name: String
        var parameters: [(name: String, value: String?)]
    }

    private(set) var elements: [Element] = []

    /// Nil when the field breaks the grammar.
    init?(_ field: String) {
        var scanner = FieldScanner(field)
        repeat {
            scanner.skipBlanks()
            if scanner.isAtEnd || scanner.peek == ASCII.comma { continue }
            guard let name = scanner.token() else { return nil }
            var element = Element(name: name, parameters: [])
            while scanner.take(ASCII.semicolon) {
                guard let name = scanner.token() else { return nil }
                var value: String?
                if scanner.take(UInt8(ascii: "=")) {
                    value = scanner.tokenOrQuoted()
                    if value == nil { return nil }
                }
                element.parameters.append((name, value))
            }
            elements.append(element)
        } while scanner.take(ASCII.comma)
        guard scanner.isAtEnd else { return nil }
    }
}
