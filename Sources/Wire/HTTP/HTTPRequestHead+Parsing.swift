extension HTTPRequestHead {
    /// Reads a whole head.
    init(parsing section: HTTPSectionScanner.Section) throws(HTTPError) {
        let bytes = section.bytes.span
        // The scanner found lines, so the first has an end, and its CR is before that.
        let lineEnd = (bytes.firstIndex(of: ASCII.lineFeed, from: 0) ?? 0) - 1
        var methodEnd = 0
        while bytes[methodEnd].isToken { methodEnd += 1 }
        guard methodEnd > 0, bytes[methodEnd] == ASCII.space else {
            throw .malformed("The request line does not begin with a method and one space.")
        }
        let method = HTTPMethod(parsing: bytes.extracting(0..<methodEnd))
        let targetStart = methodEnd + 1
        guard let targetEnd = bytes.firstIndex(of: ASCII.space, from: targetStart), targetEnd < lineEnd else {
            throw .malformed("The request line has no version; write method, address and HTTP/1.1.")
        }
        let version = try HTTPVersion(parsing: bytes.extracting(targetEnd + 1..<lineEnd))
        let target = try HTTPTarget(parsing: bytes.extracting(targetStart..<targetEnd), for: method)
        let headers = try HTTPHeaders(parsing: section, from: lineEnd + 2)
        let framing = try HTTPFraming(headers)
        try Self.checkCodings(framing, version)
        try self.init(method, target, version, headers, framing)
    }

    private static func checkCodings(_ framing: HTTPFraming, _ version: HTTPVersion) throws(HTTPError) {
        guard framing.isChunked || framing.hasOtherCoding else { return }
        guard version == .http11 else { throw .malformed("Transfer-Encoding does not exist in HTTP/1.0.") }
        guard framing.isChunked else {
            throw .malformed("The last transfer coding is not chunked, so nobody knows where the body ends.")
        }
        guard !framing.hasOtherCoding else {
            throw HTTPError(.notImplemented, "Only the chunked transfer coding is spoken; send no other.")
        }
    }

    func bodyDecoder(limits: borrowing HTTPLimits) throws(HTTPError) -> HTTPBodyDecoder {
        if framing.isChunked { return .chunked }
        return try .length(framing.contentLength ?? 0, limits: limits)
    }
}

extension HTTPMethod {
    /// The common ones without making a text of them.
    init(parsing bytes: Span<UInt8>) {
        if bytes.equals("GET") {
            self = .get
        } else if bytes.equals("POST") {
            self = .post
        } else {
            self.init(bytes.text(0..<bytes.count))
        }
    }
}
