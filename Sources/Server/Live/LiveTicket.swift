import Feeds
import Sessions

/// What a reader needs to begin and not for longer: there are many readers, and most are at rest.
final class LiveTicket {
    let feed: Feed
    let sessions: Sessions
    let owner: SessionOwner?
    let after: UInt64?

    init(_ feed: Feed, _ sessions: Sessions, owner: SessionOwner?, after: UInt64?) {
        self.feed = feed
        self.sessions = sessions
        self.owner = owner
        self.after = after
    }
}
