import Loop
import Synchronization
import Terminals
import Wire

/// The links to terminals. They are kept in memory only, so they end with the server, and each with its terminal.
final class TerminalShares: Sendable {
    /// As many may be there for one terminal.
    private static let most = 100

    private let shares = Mutex<[SecretDigest: TerminalShare]>([:])

    /// On the terminal's loop, while it runs, or it would not be forgotten.
    func make(
        of record: TerminalRecord, by caller: Caller, at now: Timestamp, lifetime: Duration
    ) throws(HTTPError) -> (share: TerminalShare, token: Secret) {
        guard let credential = caller.credential else {
            throw HTTPError(.unauthorized, caller.unauthenticatedSentence)
        }
        let token = Secret.make(prefix: Secret.tokenPrefix)
        let share = TerminalShare(of: record, by: caller, credential, at: now, lifetime: lifetime)
        let hasRoom = shares.withLock { shares in
            shares = shares.filter { $0.value.expiresAt > now }
            guard shares.values.count(where: { $0.terminal == record.id }) < Self.most else { return false }
            shares[token.digest] = share
            return true
        }
        guard hasRoom else {
            throw HTTPError(.tooManyRequests, "There are \(Self.most) links to this terminal; end one first.")
        }
        return (share, token)
    }

    /// What a token opens; nil when it is unknown, ended or expired, or opens another terminal.
    func find(_ token: String, for terminal: TerminalID, at now: Timestamp) -> TerminalShare? {
        let share = shares.withLock { $0[SecretDigest(of: token)] }
        return share.flatMap { $0.terminal == terminal && $0.expiresAt > now ? $0 : nil }
    }

    /// The oldest first.
    func list(of terminal: TerminalID, at now: Timestamp) -> [TerminalShare] {
        shares.withLock { shares in
            shares.values.filter { $0.terminal == terminal && $0.expiresAt > now }
        }.sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// False when there is none of that name.
    func end(_ id: String, of terminal: TerminalID) -> Bool {
        let share: TerminalShare? = shares.withLock { shares in
            guard let found = shares.first(where: { $0.value.id == id && $0.value.terminal == terminal })
            else {
                return nil
            }
            shares[found.key] = nil
            return found.value
        }
        share?.end()
        return share != nil
    }

    /// Ends those whose maker may not come to the terminal any more.
    func endThose(where isOver: (TerminalShare) -> Bool) {
        let over = shares.withLock { Array($0.values) }.filter(isOver)
        for share in over { _ = end(share.id, of: share.terminal) }
    }

    /// The terminal is over: who is there gets its last words, and nobody comes any more.
    func forget(_ terminal: TerminalID) {
        shares.withLock { shares in shares = shares.filter { $0.value.terminal != terminal } }
    }
}
