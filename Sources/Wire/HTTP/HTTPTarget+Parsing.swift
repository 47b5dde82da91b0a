extension HTTPTarget {
    /// Reads `/path?query` (or `http://host/path?query`), as a client would write it.
    package init(_ text: String) throws(HTTPError) {
        try self.init(parsing: text.utf8.span, for: .get)
    }

    init(parsing bytes: Span<UInt8>, for method: HTTPMethod) throws(HTTPError) {
        guard !bytes.isEmpty else { throw .malformed("The request names no address.") }
        if method == .connect {
            let authority = try Self.authority(bytes)
            self.init(form: .authority, path: "", authority: authority)
        } else if bytes[0] == UInt8(ascii: "/") {
            try self.init(resource: bytes, form: .origin, authority: nil)
        } else if bytes.equals("*") {
            guard method == .options else { throw .malformed("Only OPTIONS can ask for *.") }
            self.init(form: .asterisk, path: "*")
        } else {
            try self.init(absolute: bytes)
        }
    }

    private init(absolute bytes: Span<UInt8>) throws(HTTPError) {
        var start = 0
        for scheme in ["http://", "https://"] where bytes.count >= scheme.utf8.count {
            if bytes.extracting(0..<scheme.utf8.count).equalsIgnoringCase(scheme) {
                start = scheme.utf8.count
            }
        }
        guard start > 0 else {
            throw .malformed("The address begins neither with / nor with http://; send the path from / on.")
        }
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/"), bytes[end] != UInt8(ascii: "?") { end += 1 }
        let authority = try Self.authority(bytes.extracting(start..<end))
        try self.init(resource: bytes.extracting(end..<bytes.count), form: .absolute, authority: authority)
    }

    /// A path and a query. The path may be empty in absolute form only, and stands for the root then.
    private init(resource bytes: Span<UInt8>, form: Form, authority: String?) throws(HTTPError) {
        var index = 0
        var isPlain = true
        while index < bytes.count, bytes[index] != UInt8(ascii: "?") {
            if bytes[index] == UInt8(ascii: "%") {
                isPlain = false
                try Self.checkEscape(bytes, at: index)
            } else if !ASCIISet.path.contains(bytes[index]) {
                throw Self.badByte(bytes[index])
            }
            if bytes[index] == UInt8(ascii: "."), index > 0, bytes[index - 1] == UInt8(ascii: "/") {
                isPlain = false
            }
            index += 1
        }
        let path = index == 0 ? "/" : bytes.text(0..<index)
        if !isPlain { try Self.checkSegments(of: path) }
        guard index < bytes.count else {
            self.init(form: form, path: path, authority: authority)
            return
        }
        let query = index + 1..<bytes.count
        for index in query {
            if bytes[index] == UInt8(ascii: "%") {
                try Self.checkEscape(bytes, at: index)
            } else if !ASCIISet.query.contains(bytes[index]) {
                throw Self.badByte(bytes[index])
            }
        }
        self.init(form: form, path: path, query: bytes.text(query), authority: authority)
    }

    private static func checkEscape(_ bytes: Span<UInt8>, at index: Int) throws(HTTPError) {
        guard index + 2 < bytes.count, bytes[index + 1].hexadecimal != nil,
            bytes[index + 2].hexadecimal != nil
        else {
            throw .malformed("A % in the address is not followed by two hexadecimal digits; write it as %25.")
        }
    }

    /// Refuses what could leave a folder, whichever slash is used and however often it was escaped away.
    private static func checkSegments(of path: String) throws(HTTPError) {
        guard let decoded = PercentEncoding.decode(path), !decoded.contains(0),
            (try? UTF8Span(validating: decoded.span)) != nil
        else { throw .malformed("The path does not decode to UTF-8 text without NUL.") }
        let isSlash = { (byte: UInt8) in byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") }
        for segment in decoded.split(whereSeparator: isSlash)
        where segment.elementsEqual(".".utf8) || segment.elementsEqual("..".utf8) {
            throw .malformed("The path has a . or .. in it; send the path that it leads to.")
        }
    }

    private static func badByte(_ byte: UInt8) -> HTTPError {
        if byte == UInt8(ascii: "#") {
            return .malformed("The address has a fragment; leave out the # and all after it.")
        }
        return .malformed("The address has a character that must be escaped as %XX.")
    }

    /// A host and perhaps a port, as in a target or a Host field (RFC 9110 7.2). Nothing that a name or an
    /// address is never made of: no user, no escape, no list.
    static func authority(_ bytes: Span<UInt8>) throws(HTTPError) -> String {
        let bad = HTTPError.malformed("The host is malformed; write it as name, name:port or [address]:port.")
        guard !bytes.isEmpty, bytes[0] != ASCII.colon else { throw bad }
        var end = 0
        if bytes[0] == UInt8(ascii: "[") {
            while end < bytes.count, bytes[end] != UInt8(ascii: "]") { end += 1 }
            guard end < bytes.count, end > 2 else { throw bad }
            for index in 1..<end where bytes[index].hexadecimal == nil && bytes[index] != ASCII.colon {
                guard bytes[index] == UInt8(ascii: ".") else { throw bad }
            }
            end += 1
        } else {
            while end < bytes.count, bytes[end] != ASCII.colon {
                guard ASCIISet.unreserved.contains(bytes[end]) else { throw bad }
                end += 1
            }
        }
        if end < bytes.count {
            guard bytes[end] == ASCII.colon, bytes.count - end <= 6 else { throw bad }
            for index in end + 1..<bytes.count where bytes[index].decimal == nil { throw bad }
        }
        return bytes.text(0..<bytes.count)
    }
}
