/// The two versions that share this syntax. A later 1.x is spoken to as 1.1 (RFC 9110 2.5).
package enum HTTPVersion: Comparable, Sendable {
    case http10
    case http11
}

extension HTTPVersion {
    /// Reads `HTTP/1.1` and its like; 505 for a version whose messages look otherwise.
    init(parsing bytes: Span<UInt8>) throws(HTTPError) {
        guard bytes.count == 8, bytes.extracting(0..<5).equals("HTTP/"), bytes[6] == UInt8(ascii: "."),
            let major = bytes[5].decimal, let minor = bytes[7].decimal
        else { throw .malformed("The first line does not name its version as HTTP/1.1 or HTTP/1.0.") }
        guard major == 1 else {
            throw HTTPError(.versionNotSupported, "HTTP/\(major) is not spoken on this port; use HTTP/1.1.")
        }
        self = minor == 0 ? .http10 : .http11
    }
}
