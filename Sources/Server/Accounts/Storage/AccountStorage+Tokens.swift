package import Loop
import Store
package import Wire

/// A token that was just made: the only time at which its secret can be seen.
package struct NewToken: Sendable {
    package let token: Token
    package let secret: Secret
}

extension AccountStorage {
    /// - Parameters:
    ///   - account: nil for the command line, whose right is that it can write to the folder.
    ///   - role: at most the account's own.
    ///   - expires: nil for one that does not expire.
    ///   - maker: the token that makes it, with which it is revoked.
    package func createToken(
        named name: String, for account: String?, role: Role, expires: Timestamp?,
        madeWith maker: String? = nil
    ) async throws(HTTPError) -> NewToken {
        try Token.check(name: name)
        let secret = Secret.make(prefix: Secret.tokenPrefix)
        let token = Token(
            id: PublicID.make(prefix: "t_"), name: name, account: account, role: role, created: time(),
            expires: expires, used: nil)
        let digest = secret.digest.bytes
        try await store.writing { db in
            if let account {
                let own = try db.first("select role from account where name = ?", account) { try $0.role(0) }
                guard let own else { throw Self.unknown(account) }
                guard role <= own else {
                    throw HTTPError(
                        .unprocessableContent,
                        "role: a token may do at most what its account may, which is \(own.rawValue).")
                }
            }
            try db.run(
                """
                insert into token(id, digest, account, name, role, created_at, expires_at, made_with)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """, token.id, digest, account, name, role.rawValue, token.created.milliseconds,
                expires?.milliseconds, maker)
        }
        return NewToken(token: token, secret: secret)
    }

    /// All, or those of one account; the oldest first.
    package func tokens(of account: String? = nil) async throws(HTTPError) -> [Token] {
        try await store.reading { db in
            try db.all(
                """
                select id, name, account, role, created_at, expires_at, used_at from token
                where ?1 is null or account = ?1 order by created_at, id
                """, account
            ) { row in
                Token(
                    id: try row[0], name: try row[1], account: try row[2], role: try row.role(3),
                    created: try row.time(4), expires: try row.optionalTime(5), used: try row.optionalTime(6))
            }
        }
    }

    func token(_ id: String) async throws(HTTPError) -> Token? {
        try await tokens().first { $0.id == id }
    }

    func revokeToken(id: String) async throws(HTTPError) {
        let count = try await store.writing { db in try db.run("delete from token where id = ?", id) }
        guard count > 0 else { throw HTTPError(.notFound, "There is no such token.") }
    }

    /// Revokes the token with this id, or those with this name. What is open with it is ended.
    @discardableResult
    package func revokeTokens(_ idOrName: String) async throws(HTTPError) -> Int {
        let count = try await store.writing { db in
            try db.run("delete from token where id = ?1 or name = ?1", idOrName)
        }
        guard count > 0 else { throw HTTPError(.notFound, "There is no such token.") }
        return count
    }
}
