import JSONCoding
import Feeds
import Loop

/// What is answered about feeds, as JSON has it.
enum FeedMessages {
    struct Published: Codable {
        let seq: UInt64
    }

    /// A feed as it is listed.
    struct Summary: Codable, Sendable {
        let name: String
        let type: String
        let window: FeedWindow
        let seq: UInt64
        let builtIn: Bool
        let watched: Bool
        @OrNull var changedAt: Timestamp?
        @OrNull var stale: String?
        /// Whether what it says outlives a restart.
        let kept: Bool
        /// It ends when nobody has published to it for so long.
        @OrNull var ttlMs: Int?

        init(_ summary: FeedSummary) {
            name = summary.name.text
            type = summary.type
            window = summary.window
            seq = summary.seq
            builtIn = summary.publisher == .server
            watched = summary.publisher == .watcher
            changedAt = summary.changed
            stale = summary.stale
            kept = summary.terms.keep
            ttlMs = summary.terms.lifetime.map { Int($0.milliseconds) }
        }
    }

    /// A live message of a feed.
    struct Entry: Codable {
        let type: String
        let seq: UInt64
        let ts: Timestamp
        let data: AnyJSON
        let stale: String?
    }

    /// The last messages of a `recent` feed.
    struct Page: Codable {
        struct Missing: Codable {
            let from: UInt64
            let to: UInt64
        }

        struct Restart: Codable {
            let from: UInt64
        }

        let feed: String
        let seq: UInt64
        let missing: Missing?
        let reset: Restart?
        let messages: [Entry]
    }
}

extension FeedMessages.Page {
    /// The messages are there already, as readers get them.
    static func bytes(of feed: Feed, _ glimpse: FeedGlimpse) -> [UInt8] {
        var text = Array(#"{"feed":"\#(feed.name)","seq":\#(glimpse.seq),"#.utf8)
        if let missing = glimpse.missing {
            text += #""missing":{"from":\#(missing.lowerBound),"to":\#(missing.upperBound)},"#.utf8
        }
        if let from = glimpse.restart { text += #""reset":{"from":\#(from)},"#.utf8 }
        text += #""messages":["#.utf8
        text += glimpse.messages.joined(separator: CollectionOfOne(UInt8(ascii: ",")))
        text += "]}".utf8
        return text
    }
}
