import Loop

/// All credentials that are good, by digest. It decides what changed; `Credentials` performs.
struct CredentialTable {
    private var known: [SecretDigest: Credential] = [:]
    private(set) var revision: Int64?
    /// Nothing expires before this. Use only moves an expiry further away, so it may be too early and never
    /// late.
    private var earliest = Timestamp.distantFuture

    subscript(digest: SecretDigest) -> Credential? { known[digest] }

    var all: some Collection<Credential> { known.values }

    /// Takes over what the database has. Returns those that are gone or may less than before: whatever is
    /// open with them has to end.
    mutating func replace(with stored: [StoredCredential], revision: Int64) -> [Credential] {
        var fresh: [SecretDigest: Credential] = [:]
        fresh.reserveCapacity(stored.count)
        var lost: [Credential] = []
        for row in stored {
            let before = known.removeValue(forKey: row.digest)
            if let before, before.role == row.role {
                fresh[row.digest] = before
            } else {
                fresh[row.digest] = Credential(row, known: before)
                if let before, row.role < before.role { lost.append(before) }
            }
        }
        lost += known.values
        known = fresh
        self.revision = revision
        earliest = .zero
        return lost
    }

    mutating func add(_ credential: Credential) {
        known[credential.digest] = credential
        if let expires = credential.expires { earliest = min(earliest, expires) }
    }

    /// Those whose time is over by `now`; each is returned once.
    mutating func takeExpired(at now: Timestamp) -> [Credential] {
        guard earliest <= now else { return [] }
        earliest = .distantFuture
        var expired: [Credential] = []
        for credential in known.values {
            guard let expires = credential.expires else { continue }
            if expires <= now { expired.append(credential) } else { earliest = min(earliest, expires) }
        }
        for credential in expired { known[credential.digest] = nil }
        return expired
    }
}

extension Timestamp {
    static let zero = Timestamp(milliseconds: 0)
    static let distantFuture = Timestamp(milliseconds: .max)
}
