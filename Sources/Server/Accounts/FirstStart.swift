package import Wire

/// Lets the person who starts a server for the first time in: without any password to invent or to find.
package enum FirstStart {
    package static let admin = "admin"

    /// Makes the account `admin` where there is no account at all.
    /// - Returns: the path of a link that signs in as it, once; nil when there were accounts already.
    package static func prepare(_ storage: AccountStorage, linkLifetime: Duration) async throws(HTTPError)
        -> String?
    {
        guard try await !storage.hasAccounts() else { return nil }
        try await storage.create(admin, role: .admin, passwordHash: nil)
        return try await link(for: admin, storage, lifetime: linkLifetime)
    }

    /// What `holdfast login-link` prints, behind the server's own address.
    package static func link(
        for account: String = admin, _ storage: AccountStorage, lifetime: Duration
    ) async throws(HTTPError) -> String {
        "/sign-in?token=\(try await storage.createLink(for: account, lifetime: lifetime).text)"
    }
}
