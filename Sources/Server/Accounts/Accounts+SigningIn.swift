import Configuration
package import Loop
import Sessions
package import Wire

/// How an attempt to sign in ended, if it was not refused.
package enum SignInOutcome: Sendable {
    case signedIn(Account, HTTPSetCookie)
    case tooManyAttempts(retryAfter: Duration)
}

extension Accounts {
    package func signIn(
        _ name: String, password: String, _ approach: Approach, on loop: isolated EventLoop
    ) async throws(HTTPError) -> SignInOutcome {
        switch try await tryPassword(password, of: name.lowercased(), approach, on: loop) {
        case .right(let account, let hash):
            return .signedIn(account, try await begin(account, by: hash, approach, detail: "password"))
        case .tooMany(let refusal):
            if refusal.isFirst { refused(approach, account: nil, "too many attempts to sign in") }
            return .tooManyAttempts(retryAfter: refusal.wait)
        case .wrong(let account):
            // An unknown name is not written down: people type passwords into the wrong field.
            refused(
                approach, account: account?.name,
                account == nil ? "sign-in with an unknown name" : "sign-in with a wrong password")
            throw HTTPError(.unauthorized, "The name or the password is wrong.")
        }
    }

    /// Signs in whoever follows a sign-in link; once.
    package func signIn(
        link: String, _ approach: Approach, on loop: isolated EventLoop
    ) async throws(HTTPError) -> HTTPSetCookie {
        guard let account = try await storage.takeLink(link) else {
            noteBadLink(approach, at: loop.now)
            throw HTTPError(
                .unauthorized,
                "This sign-in link was used already or has expired. Print another: holdfast login-link.")
        }
        return try await begin(account, approach, detail: "link")
    }

    /// Nobody guesses a link, but whoever tries must not be able to fill the trail.
    private func noteBadLink(_ approach: Approach, at now: Instant) {
        let need = AttemptLimit.Need(
            key: .network(approach.network), room: settings.loginAttemptsPerAddress)
        guard limit.begin([need], at: now, within: settings.loginWindow) == nil else { return }
        refused(approach, account: nil, "sign-in link that is unknown, used or expired")
    }

    private func begin(
        _ account: Account, by hash: String? = nil, _ approach: Approach, detail: String
    ) async throws(HTTPError) -> HTTPSetCookie {
        let (stored, secret) = try await storage.createSignIn(
            for: account, by: hash, from: approach, lifetime: settings.sessionLifetime)
        _ = credentials.add(stored)
        if settings.singleSession {
            let others = try await storage.removeSignIns(of: account.name, but: stored.id)
            for id in others { await sessions.end(.signIn(id), with: Ending(.replaced)) }
            try await credentials.refresh()
        }
        audit.record(
            AuditEntry(
                .signedIn, account: account.name, signIn: stored.id, peer: approach.address, detail: detail))
        return SessionCookie.make(secret, isSecure: approach.isSecure)
    }

    /// Ends what the caller signed in with, and all that is open with it. Whoever is nobody is signed out
    /// already.
    package func signOut(_ caller: Caller, _ approach: Approach) async throws(HTTPError) {
        guard let owner = caller.owner else { return }
        guard caller.means == .cookie else {
            throw HTTPError(
                .conflict,
                "You came with a token, which is not signed out but revoked: DELETE /api/v1/tokens/ID.")
        }
        try await storage.removeSignIns([owner.signIn])
        try await credentials.refresh()
        audit.record(
            AuditEntry(.signedOut, account: owner.account, signIn: owner.signIn, peer: approach.address))
    }

    package func makeTicket(for caller: Caller) throws(HTTPError) -> (ticket: Secret, expires: Timestamp) {
        guard let credential = caller.credential else {
            throw HTTPError(.unauthorized, caller.unauthenticatedSentence)
        }
        let lifetime = settings.ticketLifetime
        return (try tickets.make(for: credential, at: now, lifetime: lifetime), now + lifetime)
    }

    private func refused(_ approach: Approach, account: String?, _ detail: String) {
        audit.record(AuditEntry(.refused, account: account, peer: approach.address, detail: detail))
    }
}
