/// How much of what was said a log keeps.
package enum Window: Equatable, Sendable {
    /// Only the newest entry: feeds of state. A reader that falls behind simply gets the newest.
    case latest
    /// The last entries, bounded in number and in bytes. A reader that falls behind is told of the gap.
    case recent(entries: Int, bytes: Int)
    /// The last bytes that were spoken, the payloads of binary messages, in however small pieces; one of fewer than four
    /// bytes counts as four, and so does each message in between. A reader that falls behind is told of the gap.
    case spoken(bytes: Int)
    /// Everything, in an archive, with a tail in memory. A reader that falls behind reads from the archive.
    case stored(tailEntries: Int, tailBytes: Int)
}
