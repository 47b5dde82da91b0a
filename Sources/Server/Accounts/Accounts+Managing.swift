import Configuration
package import Loop
import Sessions
package import Wire

/// What admins do with accounts, and everybody with their own tokens. Each change is written to the audit
/// trail, and holds for open connections when it returns.
extension Accounts {
    package func create(
        _ name: String, role: Role, password: String?, by caller: Caller, on loop: isolated EventLoop
    ) async throws(HTTPError) -> Account {
        try Account.check(name: name)
        var hash: String?
        if let password { hash = try await passwords.hash(password, on: loop) }
        let account = try await storage.create(name, role: role, passwordHash: hash)
        changed(name, "made, \(role.rawValue)", by: caller)
        return account
    }

    package func setRole(_ role: Role, of name: String, by caller: Caller) async throws(HTTPError) {
        try await storage.setRole(role, of: name)
        try await credentials.refresh()
        changed(name, "is now \(role.rawValue)", by: caller)
    }

    /// Sets a password, and signs the account out wherever else it is signed in.
    package func setPassword(
        _ password: String, of name: String, by caller: Caller, on loop: isolated EventLoop
    ) async throws(HTTPError) {
        let hash = try await passwords.hash(password, on: loop)
        let own = caller.owner?.account == name ? caller.owner?.signIn : nil
        try await storage.setPasswordHash(hash, of: name, keeping: own)
        try await credentials.refresh()
        changed(name, "has another password", by: caller)
    }

    /// Whether this is the account's password. Wrong ones count as failed sign-ins.
    func confirm(
        _ password: String, of name: String, _ approach: Approach, on loop: isolated EventLoop
    ) async throws(HTTPError) {
        switch try await tryPassword(password, of: name, approach, on: loop) {
        case .right: return
        case .wrong: throw HTTPError(.forbidden, "current_password: that is not your password.")
        case .tooMany: throw HTTPError(.forbidden, "current_password: it was tried too often; wait a little.")
        }
    }

    package func remove(_ name: String, by caller: Caller) async throws(HTTPError) {
        try await storage.remove(name)
        try await credentials.refresh()
        changed(name, "removed", by: caller)
    }

    // MARK: Tokens

    /// A token for the caller's account: it may do what the caller may at most, and if a token makes it, it
    /// does not outlive that one, neither its expiry nor its end.
    package func createToken(
        named name: String, role: Role?, lifetime: Duration?, by caller: Caller
    ) async throws(HTTPError) -> NewToken {
        guard let owner = caller.owner, let own = caller.role else {
            throw HTTPError(.unauthorized, caller.unauthenticatedSentence)
        }
        let role = role ?? own
        guard role <= own else {
            throw HTTPError(.unprocessableContent, "role: you may make tokens up to \(own.rawValue).")
        }
        var expires = (lifetime ?? settings.tokenLifetime).map { now + $0 }
        let isToken = caller.means != .cookie
        if isToken, let end = caller.expires { expires = min(expires ?? end, end) }
        let new = try await storage.createToken(
            named: name, for: Self.account(of: owner), role: role, expires: expires,
            madeWith: isToken ? owner.signIn : nil)
        audit.record(
            AuditEntry(
                .tokenMade, account: owner.account, signIn: owner.signIn,
                detail: "\(new.token.id) \(name), \(role.rawValue)"))
        return new
    }

    package func tokens(for caller: Caller) async throws(HTTPError) -> [Token] {
        if caller.role == .admin { return try await storage.tokens() }
        return try await storage.tokens().filter { Self.owns($0, caller) }
    }

    package func revokeToken(_ id: String, by caller: Caller) async throws(HTTPError) {
        // Others' tokens are not there, for those who may not see them.
        guard let token = try await storage.token(id), caller.role == .admin || Self.owns(token, caller)
        else {
            throw HTTPError(.notFound, "There is no such token.")
        }
        try await storage.revokeToken(id: id)
        try await credentials.refresh()
        audit.record(
            AuditEntry(
                .tokenRevoked, account: caller.owner?.account, signIn: caller.owner?.signIn,
                detail: "\(id) \(token.name)"))
    }

    private static func owns(_ token: Token, _ caller: Caller) -> Bool {
        caller.owner?.account == Token.actor(account: token.account, name: token.name)
    }

    /// Nil for a token that acts in its own name.
    private static func account(of owner: SessionOwner) -> String? {
        owner.account.contains(":") ? nil : owner.account
    }

    private func changed(_ name: String, _ change: String, by caller: Caller) {
        audit.record(
            AuditEntry(
                .accountChanged, account: caller.owner?.account, signIn: caller.owner?.signIn,
                detail: "\(name) \(change)"))
    }
}
