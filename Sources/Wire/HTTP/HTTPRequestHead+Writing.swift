extension HTTPRequestHead {
    /// Writes the head, as HTTP/1.1 and in origin form where there is a path, and says how its body is to be
    /// written.
    package func write(
        _ length: HTTPBodyLength, to buffer: inout [UInt8]
    ) throws(HTTPError) -> HTTPBodyWriter {
        try HTTPHeadWriter.checkUnframed(headers)
        guard !method.name.isEmpty, method.name.utf8.allSatisfy(\.isToken) else {
            throw .unsayable("A request's method must be a token.")
        }
        buffer.append(method.name)
        buffer.append(ASCII.space)
        buffer.append(target.description)
        buffer.append(" HTTP/1.1\r\n")
        HTTPHeadWriter.write(headers, to: &buffer)
        let framing: HTTPBodyWriter.Framing
        switch length {
        case .none: framing = .nothing
        case .exactly(let count):
            framing = .length(count)
            HTTPHeadWriter.write(contentLength: count, to: &buffer)
        case .unknown:
            framing = .chunked
            buffer.append("Transfer-Encoding: chunked\r\n")
        }
        buffer += [UInt8].lineEnd
        return HTTPBodyWriter(framing, keepsAlive: keepsAlive)
    }
}
