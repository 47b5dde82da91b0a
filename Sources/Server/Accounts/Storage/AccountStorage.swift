package import Loop
package import Store
package import Wire

/// Accounts and what vouches for them, in the database. The server uses it through `Accounts`; the command
/// line uses it as it is, beside a running server, which notices within half a second.
package struct AccountStorage: Sendable {
    let store: Store
    let time: @Sendable () -> Timestamp

    package init(_ store: Store, time: @escaping @Sendable () -> Timestamp = { .now }) {
        self.store = store
        self.time = time
    }

    /// Whether anybody could sign in at all.
    package func hasCredentials() async throws(HTTPError) -> Bool {
        try await store.reading { db in
            try db.first("select exists(select 1 from account) or exists(select 1 from token)") { row in
                try row[0, as: Bool.self]
            } ?? false
        }
    }

    package func hasAccounts() async throws(HTTPError) -> Bool {
        try await store.reading { db in
            try db.first("select exists(select 1 from account)") { try $0[0, as: Bool.self] } ?? false
        }
    }

    package func accounts() async throws(HTTPError) -> [Account] {
        try await store.reading { db in
            try db.all("select name, role, password is not null, created_at from account order by name") {
                row in
                Account(
                    name: try row[0], role: try row.role(1), hasPassword: try row[2], created: try row.time(3)
                )
            }
        }
    }

    func account(_ name: String) async throws(HTTPError) -> (account: Account, hash: String?)? {
        try await store.reading { db in
            try db.first("select name, role, password, created_at from account where name = ?", name) { row in
                let hash: String? = try row[2]
                let account = Account(
                    name: try row[0], role: try row.role(1), hasPassword: hash != nil,
                    created: try row.time(3))
                return (account, hash)
            }
        }
    }

    /// - Parameter passwordHash: of `Passwords.hash`; nil for one that signs in by links only.
    @discardableResult
    package func create(_ name: String, role: Role, passwordHash: String?) async throws(HTTPError) -> Account
    {
        try Account.check(name: name)
        let now = time()
        return try await store.writing { db in
            let added = try db.run(
                """
                insert into account(name, role, password, created_at) values (?, ?, ?, ?)
                on conflict do nothing
                """, name, role.rawValue, passwordHash, now.milliseconds)
            guard added == 1 else { throw HTTPError(.conflict, "There is an account \(name) already.") }
            return Account(name: name, role: role, hasPassword: passwordHash != nil, created: now)
        }
    }

    /// What is open with a higher role than the account has now is ended.
    package func setRole(_ role: Role, of name: String) async throws(HTTPError) {
        try await store.writing { db in
            try Self.requireAnotherAdmin(than: role == .admin ? nil : name, in: db)
            let changed = try db.run("update account set role = ? where name = ?", role.rawValue, name)
            guard changed == 1 else { throw Self.unknown(name) }
        }
    }

    /// Everybody who signed in with the old one is signed out, but for `signIn`. Tokens stay.
    package func setPasswordHash(
        _ hash: String, of name: String, keeping signIn: String? = nil
    ) async throws(HTTPError) {
        try await store.writing { db in
            let changed = try db.run("update account set password = ? where name = ?", hash, name)
            guard changed == 1 else { throw Self.unknown(name) }
            try db.run("delete from sign_in where account = ? and id is not ?", name, signIn)
            try db.run("delete from sign_in_link where account = ?", name)
        }
    }

    /// Removes it, with its tokens and sign-ins.
    package func remove(_ name: String) async throws(HTTPError) {
        try await store.writing { db in
            try Self.requireAnotherAdmin(than: name, in: db)
            guard try db.run("delete from account where name = ?", name) == 1 else {
                throw Self.unknown(name)
            }
        }
    }

    /// Somebody must be left who can make accounts.
    private static func requireAnotherAdmin(
        than name: String?, in db: borrowing WriteConnection
    ) throws {
        let isLast = try db.first(
            """
            select 1 from account where name = ? and role = 'admin'
                and not exists (select 1 from account where role = 'admin' and name <> ?)
            """, name, name
        ) { _ in true }
        if isLast == true {
            throw HTTPError(
                .conflict, "\(name ?? "It") is the last admin; make another account an admin first.")
        }
    }

    static func unknown(_ name: String) -> HTTPError {
        HTTPError(.notFound, "There is no account of that name.")
    }
}

extension Row {
    func role(_ index: Int) throws -> Role {
        let name: String = try self[index]
        guard let role = Role(rawValue: name) else {
            throw HTTPError(
                .internalServerError, "The database names a role that this program does not know.")
        }
        return role
    }

    func time(_ index: Int) throws -> Timestamp { Timestamp(milliseconds: try self[index]) }

    func optionalTime(_ index: Int) throws -> Timestamp? {
        let milliseconds: Int64? = try self[index]
        return milliseconds.map(Timestamp.init(milliseconds:))
    }
}
