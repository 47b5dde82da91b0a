/// Puts heads on the wire. What could break out of its line is refused before a byte is written.
enum HTTPHeadWriter {
    /// Every name a token, every value free of CR, LF, NUL and the other controls.
    static func check(_ headers: HTTPHeaders) throws(HTTPError) {
        let bytes = headers.bytes.span
        for field in headers.fields {
            guard !field.name.isEmpty, field.name.asInt.allSatisfy({ bytes[$0].isToken }) else {
                throw .unsayable("A header field to be sent has a name that is no token.")
            }
            guard field.value.asInt.allSatisfy({ bytes[$0].isFieldContent }) else {
                let name = bytes.text(field.name.asInt)
                throw .unsayable("The field \(name) to be sent has a line break or control character in it.")
            }
        }
    }

    /// The framing is the writer's to say: a second voice on it would be a smuggler's tool.
    static func checkUnframed(_ headers: HTTPHeaders) throws(HTTPError) {
        try check(headers)
        for name: HTTPHeaderName in [.contentLength, .transferEncoding] where headers.contains(name) {
            throw .unsayable("\(name) is set by the writer from the body's length; do not add it.")
        }
    }

    static func write(_ headers: HTTPHeaders, to buffer: inout [UInt8]) {
        let bytes = headers.bytes.span
        for field in headers.fields {
            buffer.append(bytes.extracting(field.name.asInt))
            buffer.append(": ")
            buffer.append(bytes.extracting(field.value.asInt))
            buffer += [UInt8].lineEnd
        }
    }

    static func write(contentLength length: UInt64, to buffer: inout [UInt8]) {
        buffer.append("Content-Length: ")
        buffer.append(decimal: length)
        buffer += [UInt8].lineEnd
    }
}
