import Sessions

/// The types that a publisher may choose for the messages of a feed.
package enum FeedType {
    /// What the connection itself says, and the names of events that an `EventSource` fires by itself: a page acts on
    /// these, so a publisher must not say them.
    package static let reserved = ["closed", "end", "error", "gap", "message", "open", "pong", "reset"]

    static func entryType(_ name: String) throws(FeedError) -> EntryType {
        guard !reserved.contains(name) else { throw .reservedType(name) }
        guard let type = EntryType(name) else { throw .badType(name) }
        return type
    }
}
