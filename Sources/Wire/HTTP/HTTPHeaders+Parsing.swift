extension HTTPHeaders {
    /// Reads the field lines of a whole section, from `start` to its empty line (RFC 9112 5).
    ///
    /// A section comes from `HTTPSectionScanner`: it ends with an empty line, and each line feed in it
    /// follows a carriage return. So no index here can run past the end.
    init(parsing section: HTTPSectionScanner.Section, from start: Int = 0) throws(HTTPError) {
        var fields: [Field] = []
        fields.reserveCapacity(section.lineCount)
        let bytes = section.bytes.span
        var index = start
        while !(bytes[index] == ASCII.carriageReturn && bytes[index + 1] == ASCII.lineFeed) {
            let name = try Self.name(bytes, from: index)
            let (value, end) = try Self.value(bytes, from: name.upperBound + 1, of: name)
            fields.append(
                Field(
                    name: UInt32(name.lowerBound)..<UInt32(name.upperBound),
                    value: UInt32(value.lowerBound)..<UInt32(value.upperBound)))
            index = end
        }
        self.init(bytes: section.bytes, fields: fields)
    }

    /// The name that starts at `start` and is followed at once by a colon.
    @inline(__always)
    private static func name(_ bytes: Span<UInt8>, from start: Int) throws(HTTPError) -> Range<Int> {
        var end = start
        while bytes[end].isToken { end += 1 }
        guard bytes[end] == ASCII.colon, end > start else { throw badName(bytes, start..<end) }
        return start..<end
    }

    /// The value without the blanks around it, and where the next line begins.
    @inline(__always)
    private static func value(
        _ bytes: Span<UInt8>, from start: Int, of name: Range<Int>
    ) throws(HTTPError) -> (Range<Int>, next: Int) {
        let end = bytes.endOfFieldContent(from: start)
        guard bytes[end] == ASCII.carriageReturn, bytes[end + 1] == ASCII.lineFeed else {
            throw .malformed(
                "The field \(bytes.text(name)) has a control character in its value; leave it out.")
        }
        return (bytes.trimmingBlanks(start..<end), end + 2)
    }

    private static func badName(_ bytes: Span<UInt8>, _ name: Range<Int>) -> HTTPError {
        let offender = bytes[name.upperBound]
        if name.isEmpty {
            if offender.isBlank {
                return .malformed(
                    "A header line begins with a blank; folded lines are not allowed, join them.")
            }
            if offender == ASCII.colon { return .malformed("A header field has no name before its colon.") }
        } else if offender.isBlank {
            return .malformed(
                "A blank follows the field name \(bytes.text(name)); put the colon right after it.")
        } else if offender == ASCII.carriageReturn {
            return .malformed("The header line \(bytes.text(name)) has no colon; write it as Name: value.")
        }
        return .malformed(
            "A header field's name has a character that is not allowed; use letters, digits and -.")
    }
}
