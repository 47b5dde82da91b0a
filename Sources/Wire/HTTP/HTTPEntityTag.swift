/// What tells one state of a resource from another (RFC 9110 8.8.3).
package struct HTTPEntityTag: Hashable, Sendable, CustomStringConvertible {
    /// The text between the quotes.
    package let opaque: String
    /// A weak tag says *as good as the same*, a strong one *the same, byte by byte*.
    package let isWeak: Bool

    /// `opaque` is visible text without quotes: a hash, a version.
    package init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads `"text"` or `W/"text"`; nil for anything else.
    package init?(parsing text: some StringProtocol) {
        let isWeak = text.hasPrefix("W/")
        let quoted = Array(isWeak ? text.utf8.dropFirst(2) : text.utf8.dropFirst(0))
        let quote = UInt8(ascii: "\"")
        guard quoted.count >= 2, quoted.first == quote, quoted.last == quote else { return nil }
        let opaque = quoted.dropFirst().dropLast()
        guard opaque.allSatisfy({ $0 > ASCII.space && $0 != quote && $0 != 0x7F }) else { return nil }
        self.init(String(decoding: opaque, as: UTF8.self), isWeak: isWeak)
    }

    package var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Good enough for a cache (RFC 9110 8.8.3.2).
    package func matchesWeakly(_ other: HTTPEntityTag) -> Bool { opaque == other.opaque }

    /// Good enough to change a resource on.
    package func matchesStrongly(_ other: HTTPEntityTag) -> Bool { !isWeak && self == other }
}
