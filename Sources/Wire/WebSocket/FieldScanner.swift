/// Reads tokens and quoted strings off the front of a header field's value (RFC 9110, 5.6).
struct FieldScanner {
    private var rest: Substring.UTF8View

    init(_ field: String) { rest = field[...].utf8 }

    var peek: UInt8? { rest.first }
    var isAtEnd: Bool { rest.isEmpty }

    mutating func skipBlanks() {
        rest = rest.drop { $0.isBlank }
    }

    /// Takes `byte` and the blanks around it, if it is next.
    mutating func take(_ byte: UInt8) -> Bool {
        skipBlanks()
        guard rest.first == byte else { return false }
        rest.removeFirst()
        skipBlanks()
        return true
    }

    mutating func token() -> String? {
        let token = rest.prefix(while: \.isToken)
        guard !token.isEmpty else { return nil }
        rest = rest.dropFirst(token.count)
        return String(Substring(token))
    }

    /// A quoted string's content must be a token too (RFC 6455, 9.1).
    mutating func tokenOrQuoted() -> String? {
        guard rest.first == UInt8(ascii: "\"") else { return token() }
        rest.removeFirst()
        var content: [UInt8] = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "\"") {
            guard let plain = byte == UInt8(ascii: "\\") ? rest.popFirst() : byte, plain.isToken
            else {
                return nil
            }
            content.append(plain)
            if rest.isEmpty { return nil }
        }
        return content.isEmpty ? nil : String(decoding: content, as: UTF8.self)
    }
}
