/// The words that feeds are configured with.
extension ValueKind where Value == String {
    /// A feed that the configuration makes. Those of the server are not for it to make.
    package static let feedName = ValueKind(
        "name", "a feed's name of up to 100 letters, digits, `-`, `_` and `.`", sample: "",
        parse: { text throws(Complaint) in
            guard (1...100).contains(text.utf8.count), text.utf8.allSatisfy(isNameByte),
                let first = text.utf8.first, isNameByte(first), !"-_.".utf8.contains(first)
            else {
                throw Complaint(
                    "cannot be a feed's name: take up to 100 letters, digits, `-`, `_` and `.`, beginning "
                        + "with a letter or digit")
            }
            guard !ReservedFeedNames.all.contains(text) else {
                throw Complaint("is a feed of the server's own: take another name")
            }
            return text
        },
        print: { $0 })

    /// Which feeds are meant: a name, in which each `*` stands for any characters.
    package static let feedPattern = ValueKind(
        "pattern", "a feed's name, in which each `*` stands for any characters", sample: "",
        parse: { text throws(Complaint) in
            guard !text.isEmpty, text.utf8.count <= 100,
                text.utf8.allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: "*") })
            else { throw Complaint("matches no feed: write a name, perhaps with `*` in it: `builds-*`") }
            return text
        },
        print: { $0 })

    /// What `type` says in a feed's messages.
    package static let feedType = ValueKind(
        "type", "up to 200 printable ASCII characters", sample: "",
        parse: { text throws(Complaint) in
            guard (1...200).contains(text.utf8.count),
                text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) && !"\"\\".utf8.contains($0) })
            else {
                throw Complaint(
                    "cannot be a type: take up to 200 printable ASCII characters without quotes and `\\`")
            }
            guard !ReservedFeedNames.types.contains(text) else {
                throw Complaint("is a type of the connection's own: take another")
            }
            return text
        },
        print: { $0 })

    /// `http://` or `https://` and what to ask for there.
    package static let webAddress = ValueKind(
        "url", "an address such as `https://app.example.com/health`", sample: "",
        parse: { text throws(Complaint) in
            let host = ["https://", "http://"].first { text.lowercased().hasPrefix($0) }
                .map { text.dropFirst($0.count).prefix { !"/?#".contains($0) } }
            guard let host, !host.isEmpty, !host.hasPrefix(":"),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { throw Complaint("is no web address: write `http://` or `https://` and a host") }
            guard !host.contains("@") else {
                throw Complaint("has a name or password in it, which would end up in logs: leave it out")
            }
            return text
        },
        print: { $0 })

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-_.".utf8.contains(byte)
        }
    }
}

/// The names that the rooms above keep for themselves. That they are the same there is tested.
package enum ReservedFeedNames {
    package static let all: Set<String> = [
        "routes", "system-status", "workflows", "workflow-history", "adw-state", "adw-monitor", "queue",
        "webhook-status", "planned-features", "audit",
    ]
    package static let types: Set<String> = [
        "closed", "end", "error", "gap", "message", "open", "pong", "reset",
    ]
}
