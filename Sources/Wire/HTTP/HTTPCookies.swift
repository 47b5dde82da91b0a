extension HTTPHeaders {
    /// The value of a cookie that the peer sent, without the quotes it may have; the first of that name.
    package func cookie(_ name: String) -> String? {
        for field in fields where matches(field, .cookie) {
            let pairs = bytes.span.text(field.value.asInt).utf8.split(separator: ASCII.semicolon)
            for pair in pairs {
                let pair = pair.drop(while: \.isBlank)
                guard let equals = pair.firstIndex(of: UInt8(ascii: "=")),
                    pair[..<equals].elementsEqual(name.utf8)
                else { continue }
                return Self.unquoted(pair[pair.index(after: equals)...])
            }
        }
        return nil
    }

    private static func unquoted(_ value: Substring.UTF8View) -> String {
        let quote = UInt8(ascii: "\"")
        var value = value
        while value.last?.isBlank == true { value.removeLast() }
        if value.count >= 2, value.first == quote, value.last == quote {
            value = value.dropFirst().dropLast()
        }
        return String(Substring(value))
    }
}
