/// What a request asks for, in one of the four forms of RFC 9112 3.2, checked when it was read.
///
/// Its path never holds a `.` or `..` segment, plain or escaped, nor an escaped NUL, and decodes to UTF-8:
/// joined to a folder, its segments stay inside it.
package struct HTTPTarget: Sendable, Hashable, CustomStringConvertible {
    package enum Form: Sendable {
        /// `/path?query`, as to a server.
        case origin
        /// `http://host/path?query`, as to a proxy; a server takes it too.
        case absolute
        /// `host:port`, of CONNECT only.
        case authority
        /// `*`, of OPTIONS only.
        case asterisk
    }

    package let form: Form

    /// As sent, escapes and all; begins with `/` in the first two forms, is `*` or empty in the others.
    package let path: String

    /// As sent, without its `?`; nil when there is none.
    package let query: String?

    /// The host and port that the target itself names; it overrides the Host field.
    package let authority: String?

    init(form: Form, path: String, query: String? = nil, authority: String? = nil) {
        self.form = form
        self.path = path
        self.query = query
        self.authority = authority
    }

    /// The path cut at its slashes, then unescaped: an escaped slash is part of its segment. The root has no
    /// segment; a slash at the end makes an empty last one.
    package var segments: [String] {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count > 1 else { return [] }
        let pieces = path.utf8.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return pieces.map { piece in
            let segment = Substring(piece)
            guard piece.contains(UInt8(ascii: "%")) else { return String(segment) }
            return String(decoding: PercentEncoding.decode(segment) ?? [], as: UTF8.self)
        }
    }

    package var parameters: HTTPQuery { HTTPQuery(query ?? "") }

    /// As it is put on the wire, in origin form where there is a path.
    package var description: String {
        switch form {
        case .origin, .absolute: query.map { "\(path)?\($0)" } ?? path
        case .authority: authority ?? ""
        case .asterisk: "*"
        }
    }
}
