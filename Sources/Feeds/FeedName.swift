/// The name of a feed: one to 100 letters, digits, `-`, `_` and `.`, beginning with a letter or digit.
package struct FeedName: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package var description: String { text }

    package init?(_ text: String) {
        guard (1...100).contains(text.utf8.count), let first = text.utf8.first, Self.isAlphanumeric(first),
            text.utf8.allSatisfy({ Self.isAlphanumeric($0) || $0 == 0x2D || $0 == 0x5F || $0 == 0x2E })
        else { return nil }
        self.text = text
    }

    /// Whether it belongs to the server, which alone publishes under it.
    package var isReserved: Bool { Self.reserved.contains(text) }

    /// The type of its messages where none is chosen: `system_status_update` for `system-status`.
    package var usualType: String {
        String(text.map { $0 == "-" || $0 == "." ? "_" : $0 }) + "_update"
    }

    package static let reserved: Set<String> = [
        "routes", "system-status", "workflows", "workflow-history", "adw-state", "adw-monitor", "queue",
        "webhook-status", "planned-features", "audit",
    ]

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
