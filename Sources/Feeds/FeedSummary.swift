package import Loop

/// What a list of feeds says of one.
package struct FeedSummary: Sendable {
    package let name: FeedName
    package let type: String
    package let window: FeedWindow
    /// The number of the newest entry; one less than that of the first while nothing was said.
    package let seq: UInt64
    /// When it said something last.
    package let changed: Timestamp?
    /// Why its value may be old.
    package let stale: String?
    package let publisher: FeedPublisher
    package let terms: FeedTerms
}
