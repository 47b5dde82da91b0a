import Loop
import Sessions
import Terminals

/// What a reader of a terminal is made of: what was asked for, and what it may.
struct TerminalTicket {
    let id: TerminalID
    let terminal: LoopBound<Terminal>
    let log: SharedLog
    /// The session of the connection, which goes on as the reader's.
    let session: Session
    let owner: SessionOwner?
    /// The address that it comes from.
    let asker: String
    /// How many bytes it has had; nil for all that is kept.
    let after: UInt64?
    /// Of its screen, where it has one.
    let size: TerminalSize?
    let isWriter: Bool
    let takesOver: Bool
    /// As whom it types.
    let claim: TypistClaim
    /// Whether text messages are control, and not what is typed.
    let hasControl: Bool
    /// How long it may stay; nil for any time.
    let life: Duration?
    /// By which link it came.
    let share: TerminalShare?
    let audit: any AuditTrail
    let figures: TerminalFigures
}
