/// The name of a feed: one to 100 letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
package struct FeedName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard (1...100).contains(bytes.count), Self.isAlphanumeric(bytes[0]),
            bytes.allSatisfy({ Self.isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else { return nil }
        self.text = text
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
