extension HTTPResponseHead {
    /// Writes the head and says how its body is to be written.
    ///
    /// - Parameters:
    ///   - method: what the request asked; nil when no request could be read.
    ///   - version: the request's, whose sender must be able to read the framing.
    ///   - keepsAlive: whether the connection is to be used again, as far as the caller is concerned.
    ///   - date: the value of the Date field; nil leaves it out.
    package func write(
        _ length: HTTPBodyLength, answering method: HTTPMethod?, version: HTTPVersion = .http11,
        keepsAlive: Bool, date: HTTPDate?, to buffer: inout [UInt8]
    ) throws(HTTPError) -> HTTPBodyWriter {
        try HTTPHeadWriter.checkUnframed(headers)
        let saysClose = headers.contains(.connection, element: "close")
        let framing = framing(of: length, version)
        var staysOpen = keepsAlive && !saysClose
        if case .untilClose = framing { staysOpen = false }

        writeStatusLine(to: &buffer)
        if let date {
            buffer.append("Date: ")
            date.write(to: &buffer)
            buffer += [UInt8].lineEnd
        }
        HTTPHeadWriter.write(headers, to: &buffer)
        switch framing {
        // 204 and 1xx say nothing of a body (RFC 9110 8.6), and of a 304 there is nothing to say.
        case .nothing, .untilClose: break
        case .length(let count): HTTPHeadWriter.write(contentLength: count, to: &buffer)
        case .chunked: buffer.append("Transfer-Encoding: chunked\r\n")
        }
        if !status.isInformational {
            if !staysOpen, !saysClose {
                buffer.append("Connection: close\r\n")
            } else if staysOpen, version == .http10 {
                buffer.append("Connection: keep-alive\r\n")
            }
        }
        buffer += [UInt8].lineEnd
        return HTTPBodyWriter(method == .head ? .nothing : framing, keepsAlive: staysOpen)
    }

    private func framing(of length: HTTPBodyLength, _ version: HTTPVersion) -> HTTPBodyWriter.Framing {
        if status.forbidsBody { return .nothing }
        return switch length {
        case .exactly(let count): .length(count)
        case .unknown: version == .http11 ? .chunked : .untilClose
        // Without a word the peer would wait for the connection to end.
        case .none: .length(0)
        }
    }

    private func writeStatusLine(to buffer: inout [UInt8]) {
        buffer.append("HTTP/1.1 ")
        buffer.append(decimal: UInt64(status.code))
        buffer.append(ASCII.space)
        buffer.append(status.reason)
        buffer += [UInt8].lineEnd
    }
}

extension HTTPStatus {
    /// An informational response, whole: `100 Continue`.
    package func writeInformational(to buffer: inout [UInt8]) {
        buffer.append("HTTP/1.1 \(code) \(reason)\r\n\r\n")
    }
}
