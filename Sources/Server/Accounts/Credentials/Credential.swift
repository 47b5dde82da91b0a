import Loop
import Sessions
import Synchronization

/// One token or one signed-in page that is known to be good, and when it was used.
final class Credential: Sendable {
    enum Kind: Sendable { case token, page }

    private struct Times {
        var expires: Timestamp?
        var used: Timestamp?
        /// What the database has.
        var written: Timestamp?
    }

    let digest: SecretDigest
    let kind: Kind
    /// What it allows: its own scope, and never more than its account may.
    let role: Role
    /// One object for all sessions that come with it.
    let owner: SessionOwner
    private let times: Mutex<Times>

    var id: String { owner.signIn }

    /// - Parameter known: the same one as it was before something about it changed; it stays its owner, and
    ///   what is known of its use is newer than what was stored.
    init(_ stored: StoredCredential, known: Credential? = nil) {
        digest = stored.digest
        kind = stored.kind
        role = stored.role
        owner = known?.owner ?? SessionOwner(account: stored.account, signIn: stored.id)
        let remembered = known?.times.withLock { $0 }
        times = Mutex(
            remembered ?? Times(expires: stored.expires, used: stored.used, written: stored.used))
    }

    var expires: Timestamp? { times.withLock { $0.expires } }

    func hasExpired(at now: Timestamp) -> Bool { expires.map { $0 <= now } ?? false }

    /// It vouched for a request. A page's life begins anew with that.
    func use(at now: Timestamp, pageLifetime: Duration) {
        times.withLock { times in
            times.used = now
            if kind == .page { times.expires = now + pageLifetime }
        }
    }

    /// What there is to write down of its use, if anything is new.
    var unwrittenUse: CredentialUse? {
        times.withLock { times in
            guard let used = times.used, used != times.written else { return nil }
            return CredentialUse(id: id, kind: kind, used: used, expires: times.expires)
        }
    }

    func wrote(_ use: CredentialUse) { times.withLock { $0.written = use.used } }
}

/// A credential as the database has it.
struct StoredCredential: Sendable {
    let digest: SecretDigest
    let kind: Credential.Kind
    let id: String
    let account: String
    let role: Role
    let expires: Timestamp?
    let used: Timestamp?
}

/// That a credential was used, to be written down.
struct CredentialUse: Sendable {
    let id: String
    let kind: Credential.Kind
    let used: Timestamp
    let expires: Timestamp?
}

extension Timestamp {
    static func + (time: Timestamp, span: Duration) -> Timestamp {
        let (sum, overflow) = time.milliseconds.addingReportingOverflow(span.milliseconds)
        return Timestamp(milliseconds: overflow ? .max : sum)
    }

    static func - (later: Timestamp, earlier: Timestamp) -> Duration {
        .milliseconds(later.milliseconds - earlier.milliseconds)
    }
}
