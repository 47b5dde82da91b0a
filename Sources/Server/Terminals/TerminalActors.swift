import Sessions
import Synchronization
import Terminals

/// Who has used a terminal without being attached to it, so that the audit trail says so once of each. Forgotten with
/// the terminal.
final class TerminalActors: Sendable {
    /// Who it was, by which sign-in and from where.
    struct Asker: Hashable, Sendable {
        let account: String?
        let signIn: String?
        let address: String

        init(_ call: Call) {
            account = call.caller.owner?.account
            signIn = call.caller.owner?.signIn
            address = call.asker
        }
    }

    /// Who comes from more addresses is told of again.
    private static let most = 1000

    private let known = Mutex<[TerminalID: Set<Asker>]>([:])

    /// Whether it is the first time. On the terminal's loop, while it runs, or it would not be forgotten.
    func note(_ asker: Asker, on terminal: TerminalID) -> Bool {
        known.withLock { known in
            if known[terminal]?.count == Self.most { known[terminal] = nil }
            return known[terminal, default: []].insert(asker).inserted
        }
    }

    func forget(_ terminal: TerminalID) { known.withLock { $0[terminal] = nil } }
}
