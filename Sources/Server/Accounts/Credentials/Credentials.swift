import Loop
import Sessions
import Synchronization
import Wire

/// The credentials that are good at this moment, in memory: a storm of connections asks no database.
///
/// What others change in the database (the command line, beside a running server) is noticed by a revision
/// that the schema counts: at the latest half a second later, and at once when an unknown secret is shown.
/// Whatever is open with a credential that is revoked, lowered or expired is ended with 4002.
final class Credentials: Sendable {
    private struct Refreshing {
        var waiting: [CheckedContinuation<Result<Void, HTTPError>, Never>] = []
        var isRunning = false
    }

    /// A connection may have shown its credential just before it was revoked and open just after: so what
    /// ended is looked for again for this long.
    private static let afterglow = Duration.seconds(5)
    private static let briefAfterglow = Duration.milliseconds(600)

    private let storage: AccountStorage
    private let sessions: Sessions
    private let time: @Sendable () -> Timestamp
    private let table = Mutex(CredentialTable())
    private let ended = Mutex<[(id: String, until: Timestamp)]>([])
    private let refreshing = Mutex(Refreshing())
    private let changed = Mutex<(@Sendable () async -> Void)?>(nil)

    init(storage: AccountStorage, sessions: Sessions, time: @escaping @Sendable () -> Timestamp) {
        self.storage = storage
        self.sessions = sessions
        self.time = time
    }

    /// From now on `listener` is called when accounts or what vouches for them may have changed; who caused that waits
    /// for it.
    func whenChanged(_ listener: @escaping @Sendable () async -> Void) { changed.withLock { $0 = listener } }

    /// What the secret vouches for; nil when it is unknown, revoked or expired.
    func find(_ digest: SecretDigest) async throws(HTTPError) -> Credential? {
        if let known = current(digest) { return known }
        try await refresh()
        return current(digest)
    }

    private func current(_ digest: SecretDigest) -> Credential? {
        guard let known = table.withLock({ $0[digest] }), !known.hasExpired(at: time()) else { return nil }
        return known
    }

    /// One that this process has just stored.
    func add(_ credential: StoredCredential) -> Credential {
        let credential = Credential(credential)
        table.withLock { $0.add(credential) }
        return credential
    }

    /// Takes over what the database has now. Those who ask at one time share one look at it: however many
    /// unknown secrets are shown, there is one read at a time.
    func refresh() async throws(HTTPError) {
        let result = await withCheckedContinuation { caller in
            let isFirst = refreshing.withLock { state in
                state.waiting.append(caller)
                defer { state.isRunning = true }
                return !state.isRunning
            }
            // Not the asking task's child: one asker that goes away must not take the answer from the others.
            // It ends by itself, within the store's own timeout.
            if isFirst { Task { await self.refreshAll() } }
        }
        try result.get()
    }

    private func refreshAll() async {
        while true {
            let batch = refreshing.withLock { state in
                defer { state.waiting = [] }
                state.isRunning = !state.waiting.isEmpty
                return state.waiting
            }
            if batch.isEmpty { return }
            let result = await reload()
            for caller in batch { caller.resume(returning: result) }
        }
    }

    private func reload() async -> Result<Void, HTTPError> {
        do throws(HTTPError) {
            let known = table.withLock { $0.revision }
            guard let (revision, stored) = try await storage.credentials(unless: known) else {
                return .success(())
            }
            let lost = table.withLock { $0.replace(with: stored, revision: revision) }
            await end(lost)
            await changed.withLock { $0 }?()
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    // MARK: Endings

    /// Ends what expired, what others revoked, and what slipped in while it was.
    func look() async throws(HTTPError) {
        let now = time()
        let expired = table.withLock { $0.takeExpired(at: now) }
        await end(expired)
        let again = ended.withLock { ended in
            ended.removeAll { $0.until <= now }
            return ended.map(\.id)
        }
        for id in again { await sessions.end(.signIn(id), with: Ending(.signedOut)) }
        try await refresh()
    }

    private func end(_ credentials: [Credential]) async {
        guard !credentials.isEmpty else { return }
        let now = time()
        for credential in credentials {
            // One that may less than before is still good: its owner comes back with it, and is left alone
            // then.
            let isGood = table.withLock { $0[credential.digest] } != nil
            let until = now + (isGood ? Self.briefAfterglow : Self.afterglow)
            ended.withLock { $0.append((credential.id, until)) }
            await sessions.end(.signIn(credential.id), with: Ending(.signedOut))
        }
    }

    /// Writes down when they were used last, and removes what is over.
    func writeDown() async throws(HTTPError) {
        // Taken before the uses, each of which prolongs a sign-in, are written: what is over then stays so.
        let now = time()
        let used = table.withLock { table in
            table.all.compactMap { credential in credential.unwrittenUse.map { (credential, $0) } }
        }
        try await storage.write(used.map(\.1))
        for (credential, use) in used { credential.wrote(use) }
        try await storage.removeExpiredSignIns(at: now)
    }
}
