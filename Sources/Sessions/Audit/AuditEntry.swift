/// What the audit trail says of one event. It never holds a secret.
package struct AuditEntry: Sendable {
    package enum Event: String, Sendable {
        case sessionOpened = "session_opened"
        case sessionClosed = "session_closed"
        case signedIn = "signed_in"
        case signedOut = "signed_out"
        case refused
        case accountChanged = "account_changed"
        case tokenMade = "token_made"
        case tokenRevoked = "token_revoked"
        case configurationChanged = "configuration_changed"
        case terminalOpened = "terminal_opened"
        case terminalAttached = "terminal_attached"
        case terminalUsed = "terminal_used"
        case terminalTakenOver = "terminal_taken_over"
        case terminalEnded = "terminal_ended"
        case terminalShared = "terminal_shared"
        case terminalUnshared = "terminal_unshared"
    }

    package let event: Event
    /// Who did it; nil for somebody unknown, or the server itself.
    package var account: String?
    /// Names the token or cookie it was done with.
    package var signIn: String?
    package var peer: String?
    package var session: SessionID?
    package var kind: SessionKind?
    package var ending: Ending?
    package var lasted: Duration?
    package var givenBack: Holdings?
    package var detail: String?

    package init(
        _ event: Event, account: String? = nil, signIn: String? = nil, peer: String? = nil,
        detail: String? = nil
    ) {
        self.event = event
        self.account = account
        self.signIn = signIn
        self.peer = peer
        self.detail = detail
    }

    static func opened(_ session: Session) -> AuditEntry {
        var entry = AuditEntry(
            .sessionOpened, account: session.owner?.account, signIn: session.owner?.signIn,
            peer: session.peer)
        entry.session = session.id
        entry.kind = session.kind
        return entry
    }

    static func closed(_ report: SessionReport) -> AuditEntry {
        var entry = AuditEntry(
            .sessionClosed, account: report.owner?.account, signIn: report.owner?.signIn, peer: report.peer)
        entry.session = report.id
        entry.kind = report.kind
        entry.ending = report.ending
        entry.lasted = report.lasted
        entry.givenBack = report.givenBack
        return entry
    }
}
