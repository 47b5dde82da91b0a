import Sessions

/// What a reader needs to begin and not for longer: there are many readers, and most are at rest.
final class LiveTicket {
    let log: SharedLog
    /// The session of the connection, which goes on as the reader's.
    let session: Session
    let owner: SessionOwner?
    let asker: String?
    let after: UInt64?

    init(_ log: SharedLog, _ session: Session, owner: SessionOwner?, asker: String? = nil, after: UInt64?) {
        self.log = log
        self.session = session
        self.owner = owner
        self.asker = asker
        self.after = after
    }
}
