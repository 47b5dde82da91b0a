/// What the first publisher of a feed chose beside its window and its type.
package struct FeedTerms: Equatable, Sendable {
    /// What it says outlives the server.
    package var keep: Bool
    /// It ends when nobody has published to it for so long.
    package var lifetime: Duration?

    package init(keep: Bool = false, lifetime: Duration? = nil) {
        self.keep = keep
        self.lifetime = lifetime
    }
}
