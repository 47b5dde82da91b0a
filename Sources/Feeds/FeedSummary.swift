package import Loop

/// What a list of feeds says of one.
package struct FeedSummary: Sendable {
    package let name: FeedName
    package let type: String
    package let window: FeedWindow
    package let version: FeedVersion
    /// When it said something last.
    package let changed: Timestamp?
    /// Why its value may be old.
    package let stale: String?
    package let isBuiltIn: Bool
}
