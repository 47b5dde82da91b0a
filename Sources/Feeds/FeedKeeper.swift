package import Loop

/// Whoever keeps, beyond the server's life, what feeds say that are to be kept. Called on the feed's loop, and must not
/// wait.
package protocol FeedKeeper: AnyObject, Sendable {
    /// The feed has said something.
    func changed(_ feed: Feed)
    /// The feed has ended for good; its name is about to be free.
    func ended(_ feed: Feed)
}

/// A feed as it was kept.
package struct KeptFeed: Sendable {
    package let name: FeedName
    package let window: FeedWindow
    package let type: String
    package let lifetime: Duration?
    /// Its last entries, oldest first.
    package let entries: [(data: [UInt8], time: Timestamp)]
    /// The number of the first of them, where they are surely all that was said: then numbers go on. Else nil, and
    /// the entries get new numbers, since some may be missing that readers know by those that would come next.
    package let first: UInt64?

    package init(
        _ name: FeedName, _ window: FeedWindow, type: String, lifetime: Duration?,
        entries: [(data: [UInt8], time: Timestamp)], startingAt first: UInt64?
    ) {
        self.name = name
        self.window = window
        self.type = type
        self.lifetime = lifetime
        self.entries = entries
        self.first = first
    }
}
