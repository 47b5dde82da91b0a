package import Configuration
package import Loop
package import Sessions
package import Transport
package import Wire
import Synchronization

/// The people and programs that may use a running server: their accounts, tokens and sign-ins, and what
/// happens to open connections when one of these ends.
package final class Accounts: Sendable {
    /// What of it may change while the server runs.
    private struct Policy {
        var settings: Settings.Accounts
        var trustedProxies: [NetworkRange]
        var origins: OriginRules

        init(_ settings: Settings) {
            self.settings = settings.accounts
            trustedProxies = settings.trustedProxies
            origins = OriginRules(allowed: settings.allowedOrigins)
        }
    }

    package let storage: AccountStorage
    let passwords: Passwords
    let credentials: Credentials
    let tickets = Tickets()
    let limit = AttemptLimit()
    let sessions: Sessions
    let audit: any AuditTrail
    private let policy: Mutex<Policy>
    private let tasks = Mutex<[Task<Void, Never>]>([])

    package init(
        _ settings: Settings, storage: AccountStorage, passwords: Passwords, sessions: Sessions,
        audit: any AuditTrail
    ) {
        self.storage = storage
        self.passwords = passwords
        self.sessions = sessions
        self.audit = audit
        policy = Mutex(Policy(settings))
        credentials = Credentials(storage: storage, sessions: sessions, time: storage.time)
    }

    deinit { precondition(tasks.withLock { $0.isEmpty }, "accounts were dropped without being stopped") }

    /// Learns what is good, and from now on ends what expires or is revoked. To be stopped.
    package func start(on loop: EventLoop) async throws(HTTPError) {
        try await storage.removeExpiredSignIns(at: now)
        try await credentials.refresh()
        tasks.withLock {
            $0 = [
                Task { await CredentialWatch(self).run(on: loop) },
                Task { await CredentialKeeping(self).run(on: loop) },
            ]
        }
    }

    /// Writes down what there is to remember; before the store is closed.
    package func stop() async {
        let tasks = tasks.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        // A use that is not written down costs a page some of its time, at most.
        try? await credentials.writeDown()
    }

    /// Takes over settings that were read again.
    package func apply(_ settings: Settings) { policy.withLock { $0 = Policy(settings) } }

    var settings: Settings.Accounts { policy.withLock { $0.settings } }

    var now: Timestamp { storage.time() }

    package func approach(of request: Transport.Request) -> Approach {
        approach(of: request.head, peer: request.peer, isSecure: request.isSecure)
    }

    package func approach(of head: HTTPRequestHead, peer: SocketAddress, isSecure: Bool) -> Approach {
        let proxies = policy.withLock { $0.trustedProxies }
        return Approach(head, peer: peer, isSecure: isSecure, trustedProxies: proxies)
    }

    package var origins: OriginRules { policy.withLock { $0.origins } }
}
