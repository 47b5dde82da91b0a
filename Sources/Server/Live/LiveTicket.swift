import Feeds
import Sessions

/// What a reader needs to begin and not for longer: there are many readers, and most are at rest.
final class LiveTicket {
    let feed: Feed
    /// The session of the connection, which goes on as the reader's.
    let session: Session
    let owner: SessionOwner?
    let after: UInt64?

    init(_ feed: Feed, _ session: Session, owner: SessionOwner?, after: UInt64?) {
        self.feed = feed
        self.session = session
        self.owner = owner
        self.after = after
    }
}
