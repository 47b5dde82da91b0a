import Loop
import Store
package import Wire

extension AccountStorage {
    // MARK: Signed-in pages

    /// - Parameter hash: of the password by which; another one that was set meanwhile refuses it.
    func createSignIn(
        for account: Account, by hash: String?, from approach: Approach, lifetime: Duration
    ) async throws(HTTPError) -> (StoredCredential, Secret) {
        let (secret, now) = (Secret.make(), time())
        let stored = StoredCredential(
            digest: secret.digest, kind: .page, id: PublicID.make(prefix: "s_"), account: account.name,
            role: account.role, expires: now + lifetime, used: now)
        let expires = (now + lifetime).milliseconds
        try await store.writing { db in
            let isGood = try db.first(
                "select 1 from account where name = ?1 and (?2 is null or password = ?2)", stored.account,
                hash
            ) { _ in true }
            guard isGood == true else {
                throw HTTPError(.unauthorized, "The account was changed while you signed in. Try again.")
            }
            try db.run(
                """
                insert into sign_in(id, digest, account, peer, created_at, expires_at, used_at)
                values (?, ?, ?, ?, ?, ?, ?)
                """, stored.id, stored.digest.bytes, stored.account, approach.address, now.milliseconds,
                expires, now.milliseconds)
            try Self.remember(approach.network, of: stored.account, at: now, in: db)
        }
        return (stored, secret)
    }

    /// How many networks an account is remembered at: the last.
    private static let familiarNetworks = 32

    private static func remember(
        _ network: AskerNetwork, of account: String, at now: Timestamp, in db: borrowing WriteConnection
    ) throws {
        try db.run(
            """
            insert into familiar_network(account, network, used_at) values (?, ?, ?)
            on conflict(account, network) do update set used_at = excluded.used_at
            """, account, network.description, now.milliseconds)
        try db.run(
            """
            delete from familiar_network where account = ?1 and network not in (
                select network from familiar_network where account = ?1 order by used_at desc limit ?2)
            """, account, familiarNetworks)
    }

    /// Whether the account has signed in from there before.
    func isFamiliar(_ network: AskerNetwork, to account: String) async throws(HTTPError) -> Bool {
        try await store.reading { db in
            try db.first(
                "select 1 from familiar_network where account = ? and network = ?", account,
                network.description
            ) { _ in true } ?? false
        }
    }

    func removeSignIns(_ ids: [String]) async throws(HTTPError) {
        guard !ids.isEmpty else { return }
        try await store.writing { db in
            for id in ids { try db.run("delete from sign_in where id = ?", id) }
        }
    }

    /// Ends the account's older sign-ins; returns their ids.
    func removeSignIns(of account: String, but id: String) async throws(HTTPError) -> [String] {
        try await store.writing { db in
            let others = try db.all("select id from sign_in where account = ? and id <> ?", account, id) {
                try $0[0, as: String.self]
            }
            try db.run("delete from sign_in where account = ? and id <> ?", account, id)
            return others
        }
    }

    func removeExpiredSignIns(at time: Timestamp) async throws(HTTPError) {
        let now = time.milliseconds
        try await store.writing { db in
            try db.run("delete from sign_in where expires_at <= ?", now)
            try db.run("delete from sign_in_link where expires_at <= ?", now)
        }
    }

    // MARK: Sign-in links

    /// What `/sign-in?token=…` takes once to sign somebody in without a password.
    package func createLink(for account: String, lifetime: Duration) async throws(HTTPError) -> Secret {
        let (secret, now) = (Secret.make(), time())
        let (digest, expires) = (secret.digest.bytes, (now + lifetime).milliseconds)
        try await store.writing { db in
            let exists = try db.first("select 1 from account where name = ?", account) { _ in true }
            guard exists == true else { throw Self.unknown(account) }
            try db.run("delete from sign_in_link where expires_at <= ?", now.milliseconds)
            try db.run(
                "insert into sign_in_link(digest, account, expires_at) values (?, ?, ?)", digest, account,
                expires)
        }
        return secret
    }

    /// Whose link it is; nil when it is unknown, used or expired. From now on it is used.
    func takeLink(_ link: String) async throws(HTTPError) -> Account? {
        let (digest, now) = (SecretDigest(of: link).bytes, time().milliseconds)
        return try await store.writing { db in
            let account = try db.first(
                """
                select name, role, password is not null, created_at from account
                where name = (select account from sign_in_link where digest = ? and expires_at > ?)
                """, digest, now
            ) { row in
                Account(
                    name: try row[0], role: try row.role(1), hasPassword: try row[2], created: try row.time(3)
                )
            }
            try db.run("delete from sign_in_link where digest = ?", digest)
            return account
        }
    }

    // MARK: What is good

    /// Everything that vouches for somebody now, and the revision it is of; nil when that is `known`.
    func credentials(unless known: Int64?) async throws(HTTPError) -> (Int64, [StoredCredential])? {
        let now = time().milliseconds
        return try await store.reading { db in
            let revision = try db.first("select revision from credential_revision") {
                try $0[0, as: Int64.self]
            }
            guard let revision, revision != known else { return nil }
            var stored: [StoredCredential] = []
            try db.rows(
                """
                select t.digest, t.id, t.account, t.name, t.role, coalesce(a.role, t.role), t.expires_at,
                    t.used_at
                from token t left join account a on a.name = t.account
                where t.expires_at is null or t.expires_at > ?
                """, now
            ) { row in
                guard let digest = SecretDigest(try row[0]) else { return }
                stored.append(
                    StoredCredential(
                        digest: digest, kind: .token, id: try row[1],
                        account: Token.actor(account: try row[2], name: try row[3]),
                        role: min(try row.role(4), try row.role(5)), expires: try row.optionalTime(6),
                        used: try row.optionalTime(7)))
            }
            try db.rows(
                """
                select s.digest, s.id, s.account, a.role, s.expires_at, s.used_at
                from sign_in s join account a on a.name = s.account
                """
            ) { row in
                guard let digest = SecretDigest(try row[0]) else { return }
                stored.append(
                    StoredCredential(
                        digest: digest, kind: .page, id: try row[1], account: try row[2],
                        role: try row.role(3), expires: try row.time(4), used: try row.optionalTime(5)))
            }
            return (revision, stored)
        }
    }

    func write(_ uses: [CredentialUse]) async throws(HTTPError) {
        guard !uses.isEmpty else { return }
        try await store.writing { db in
            for use in uses {
                switch use.kind {
                case .token:
                    try db.run("update token set used_at = ? where id = ?", use.used.milliseconds, use.id)
                case .page:
                    try db.run(
                        "update sign_in set used_at = ?, expires_at = ? where id = ?", use.used.milliseconds,
                        use.expires?.milliseconds, use.id)
                }
            }
        }
    }
}
