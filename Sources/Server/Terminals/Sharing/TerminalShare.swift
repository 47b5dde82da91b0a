import Loop
import Sessions
import Synchronization
import Terminals

/// A link by which anybody who has it may look at one terminal, and do nothing else, until it ends: at its time, when
/// somebody ends it, with the terminal, with the sign-in of who made it, or when they may not come to it any more.
final class TerminalShare: Sendable {
    private struct State {
        var bells: [ObjectIdentifier: TerminalBell] = [:]
        var isOver = false
    }

    /// By which it is listed; it vouches for nothing.
    let id = PublicID.make(prefix: "s_")
    /// As it was then; whose it is, and of which template, does not change.
    let record: TerminalRecord
    /// Who made it, as they were then.
    let maker: Caller
    /// Theirs: looked up again when the link is used, for it may have been revoked meanwhile.
    let credential: SecretDigest
    let createdAt: Timestamp
    let expiresAt: Timestamp
    private let state = Mutex(State())

    init(
        of record: TerminalRecord, by caller: Caller, _ credential: SecretDigest, at now: Timestamp,
        lifetime: Duration
    ) {
        self.record = record
        maker = caller
        self.credential = credential
        createdAt = now
        expiresAt = now + lifetime
    }

    var terminal: TerminalID { record.id }
    var account: String? { maker.owner?.account }
    var viewers: Int { state.withLock { $0.bells.count } }

    /// Somebody has come by it, and is called when it ends.
    func enter(_ bell: TerminalBell) {
        let isOver = state.withLock { state in
            state.bells[ObjectIdentifier(bell)] = bell
            return state.isOver
        }
        if isOver { bell.dismiss(Self.ending) }
    }

    func leave(_ bell: TerminalBell) {
        state.withLock { $0.bells[ObjectIdentifier(bell)] = nil }
    }

    /// Who came by it has to leave, and nobody comes any more.
    func end() {
        let bells = state.withLock { state in
            state.isOver = true
            return Array(state.bells.values)
        }
        for bell in bells { bell.dismiss(Self.ending) }
    }

    private static var ending: Ending { Ending(.signedOut, "The link was ended") }
}
