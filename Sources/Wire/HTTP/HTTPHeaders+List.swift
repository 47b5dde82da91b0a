extension HTTPHeaders {
    /// The elements of a comma-separated field (RFC 9110 5.6.1), over all its lines, blanks trimmed. Empty
    /// elements are left out.
    package func elements(of name: HTTPHeaderName) -> [String] {
        var found: [String] = []
        eachElement(of: name) { element in
            if !element.isEmpty { found.append(bytes.span.text(element)) }
            return true
        }
        return found
    }

    /// Whether a comma-separated field has this element, in any case. Makes no copy.
    package func contains(_ name: HTTPHeaderName, element: String) -> Bool {
        var found = false
        eachElement(of: name) { range in
            found = bytes.span.extracting(range).equalsIgnoringCase(element)
            return !found
        }
        return found
    }

    /// Visits the places of a field's elements until `visit` says false. A comma inside a quoted string
    /// does not separate.
    func eachElement(of name: HTTPHeaderName, _ visit: (Range<Int>) -> Bool) {
        for field in fields where matches(field, name) {
            guard eachElement(in: field, visit) else { return }
        }
    }

    /// True when all were visited.
    @discardableResult
    func eachElement(in field: Field, _ visit: (Range<Int>) -> Bool) -> Bool {
        let bytes = bytes.span
        let value = field.value.asInt
        var (start, index, isQuoted) = (value.lowerBound, value.lowerBound, false)
        while index < value.upperBound {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if isQuoted, byte == UInt8(ascii: "\\"), index + 1 < value.upperBound { index += 1 }
            if !isQuoted, byte == ASCII.comma {
                guard visit(bytes.trimmingBlanks(start..<index)) else { return false }
                start = index + 1
            }
            index += 1
        }
        return visit(bytes.trimmingBlanks(start..<value.upperBound))
    }
}
