import Feeds
import Sessions

/// What a reader needs to begin and not for longer: there are many readers, and most are at rest.
final class LiveTicket {
    let feed: Feed
    /// The session of the connection, which goes on as the reader's.
    let session: Session
    let owner: SessionOwner?
    let asker: String?
    let after: UInt64?

    init(_ feed: Feed, _ session: Session, owner: SessionOwner?, asker: String? = nil, after: UInt64?) {
        self.feed = feed
        self.session = session
        self.owner = owner
        self.asker = asker
        self.after = after
    }
}
