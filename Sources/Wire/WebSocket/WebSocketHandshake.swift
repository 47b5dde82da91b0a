/// What the opening handshake computes and checks (RFC 6455, 4), on the values of header fields.
package enum WebSocketHandshake {
    /// `Sec-WebSocket-Accept` for a `Sec-WebSocket-Key`.
    package static func accept(forKey key: String) -> String {
        Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
    }

    /// Whether this is base64 of sixteen bytes.
    package static func isValidKey(_ key: String) -> Bool {
        let bytes = Array(key.utf8)
        return bytes.count == 24 && bytes.suffix(2) == [UInt8(ascii: "="), UInt8(ascii: "=")]
            && bytes.dropLast(2).allSatisfy(Base64.isDigit)
    }

    /// A client's `Sec-WebSocket-Key`, of 16 bytes that nobody can guess.
    package static func makeKey() -> String {
        var random = SystemRandomNumberGenerator()
        return Base64.encode((0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) })
    }

    /// The names in `Sec-WebSocket-Protocol`, in the client's order of preference. Nil when the field is not a
    /// list of distinct tokens.
    package static func subprotocols(_ field: String) -> [String]? {
        var names: [String] = []
        for part in field.utf8.split(separator: ASCII.comma, omittingEmptySubsequences: false) {
            let name = Self.trimmed(part)
            // An empty element is nothing (RFC 9110, 5.6.1.2).
            if name.isEmpty { continue }
            guard name.allSatisfy(\.isToken) else { return nil }
            let text = String(decoding: name, as: UTF8.self)
            guard !names.contains(text) else { return nil }
            names.append(text)
        }
        return names.isEmpty ? nil : names
    }

    private static func trimmed(_ part: Substring.UTF8View) -> Substring.UTF8View {
        var rest = part.drop { $0.isBlank }
        while let last = rest.last, last.isBlank { rest = rest.dropLast() }
        return rest
    }
}
