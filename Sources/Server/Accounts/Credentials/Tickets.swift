import Loop
import Synchronization
import Wire

/// What a page shows to open one WebSocket where it can neither set a header nor send a cookie: good once,
/// for some seconds, and for nobody but the one it was made for. Kept in memory only.
final class Tickets: Sendable {
    private struct Ticket {
        /// Whose it is: looked up again when it is used, for it may have been revoked meanwhile.
        let credential: SecretDigest
        let expires: Timestamp
    }

    /// More than any number of pages needs at one time.
    private static let limit = 100_000

    private let tickets = Mutex<[SecretDigest: Ticket]>([:])

    func make(for credential: SecretDigest, at now: Timestamp, lifetime: Duration) throws(HTTPError) -> Secret
    {
        let secret = Secret.make()
        let ticket = Ticket(credential: credential, expires: now + lifetime)
        let hasRoom = tickets.withLock { tickets in
            if tickets.count >= Self.limit { tickets = tickets.filter { $0.value.expires > now } }
            guard tickets.count < Self.limit else { return false }
            tickets[secret.digest] = ticket
            return true
        }
        guard hasRoom else {
            throw HTTPError(.serviceUnavailable, "Too many tickets wait to be used; try again in a moment.")
        }
        return secret
    }

    /// The credential it stands for; nil when it is unknown, used or expired. From now on it is used.
    func take(_ ticket: String, at now: Timestamp) -> SecretDigest? {
        let taken = tickets.withLock { $0.removeValue(forKey: SecretDigest(of: ticket)) }
        return taken.flatMap { $0.expires > now ? $0.credential : nil }
    }

    /// Forgets those that nobody came for.
    func prune(at now: Timestamp) {
        tickets.withLock { tickets in
            if tickets.contains(where: { $0.value.expires <= now }) {
                tickets = tickets.filter { $0.value.expires > now }
            }
        }
    }
}
