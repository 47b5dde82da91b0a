import Configuration
package import Wire

/// Finds out who asks, from what a request shows: a bearer token, the same as a subprotocol, a ticket, or the
/// page's cookie, in this order; the first that is there counts.
///
/// What somebody shows on purpose must be good, or the request is refused with 401. A cookie comes by itself:
/// one that is good no longer makes its sender nobody.
package struct Authenticator: Sendable {
    private let accounts: Accounts

    package init(_ accounts: Accounts) { self.accounts = accounts }

    package func identify(_ head: HTTPRequestHead, _ approach: Approach) async throws(HTTPError) -> Caller {
        if let token = try Self.bearerToken(in: head) { return try await caller(token, .bearer) }
        if let token = try Self.subprotocolToken(in: head) { return try await caller(token, .subprotocol) }
        if let ticket = Self.ticket(in: head) {
            let credential = accounts.tickets.take(ticket, at: accounts.now)
            guard let credential, let caller = try await find(credential, .ticket) else {
                throw HTTPError(
                    .unauthorized,
                    "The ticket was used already or has expired. Ask for another: POST /api/v1/ws-ticket.")
            }
            return caller
        }
        if let secret = SessionCookie.value(in: head, isSecure: approach.isSecure) {
            return try await find(SecretDigest(of: secret), .cookie) ?? .lapsed
        }
        return .nobody
    }

    private static let scheme = "bearer"

    private func caller(_ token: String, _ means: Caller.Means) async throws(HTTPError) -> Caller {
        guard let caller = try await find(SecretDigest(of: token), means) else {
            throw HTTPError(.unauthorized, "The token is unknown, was revoked or has expired. Make another.")
        }
        return caller
    }

    private func find(_ digest: SecretDigest, _ means: Caller.Means) async throws(HTTPError) -> Caller? {
        guard let credential = try await accounts.credentials.find(digest) else { return nil }
        // A token in a cookie, or the other way round, was put there by somebody it was not made for.
        guard (credential.kind == .page) == (means == .cookie) || means == .ticket else { return nil }
        credential.use(at: accounts.now, pageLifetime: accounts.settings.sessionLifetime)
        return Caller(credential, means: means)
    }

    // MARK: Reading

    private static func bearerToken(in head: HTTPRequestHead) throws(HTTPError) -> String? {
        let fields = head.headers.values(of: .authorization)
        guard let field = fields.first else { return nil }
        let parts = field.split(separator: " ", omittingEmptySubsequences: true)
        guard fields.count == 1, parts.count == 2, parts[0].lowercased() == scheme else {
            throw HTTPError(.unauthorized, "Authorization is understood as: Bearer TOKEN.")
        }
        return String(parts[1])
    }

    /// Browsers let a page set no header of a WebSocket but this one: `new WebSocket(url, ["bearer",
    /// token])`.
    private static func subprotocolToken(in head: HTTPRequestHead) throws(HTTPError) -> String? {
        guard head.upgradesToWebSocket else { return nil }
        let names = head.headers.elements(of: .secWebSocketProtocol)
        guard let place = names.firstIndex(of: scheme) else { return nil }
        guard place + 1 < names.count else {
            throw HTTPError(.unauthorized, "The subprotocol bearer is followed by the token: bearer, TOKEN.")
        }
        return names[place + 1]
    }

    private static func ticket(in head: HTTPRequestHead) -> String? {
        guard head.method == .get, head.target.query?.contains("ticket=") == true else { return nil }
        return head.target.parameters["ticket"]
    }
}
