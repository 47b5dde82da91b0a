package import Loop
package import Sessions

/// Who asks: an account, by whichever means it signed in, or nobody.
package struct Caller: Sendable {
    /// What the request showed.
    package enum Means: Sendable {
        case nothing
        case bearer
        /// `Sec-WebSocket-Protocol: bearer, TOKEN`; the answer has to choose the subprotocol `bearer`.
        case subprotocol
        case ticket
        /// Sent by the browser without being asked: what comes with it must come from a page of our own.
        case cookie
        /// A cookie that is good no longer. It vouches for nobody, and does not keep anybody from signing in.
        case lapsedCookie
    }

    /// One for all sessions of one sign-in; it names the token or cookie that vouches for it. Nil for nobody.
    package let owner: SessionOwner?
    package let role: Role?
    /// When what vouches for it ends by itself.
    package let expires: Timestamp?
    package let means: Means
    /// What it was looked up by; a ticket is made out to it.
    let credential: SecretDigest?

    package init(owner: SessionOwner?, role: Role?, expires: Timestamp? = nil) {
        self.owner = owner
        self.role = role
        self.expires = expires
        means = owner == nil ? .nothing : .bearer
        credential = nil
    }

    init(_ credential: Credential, means: Means) {
        owner = credential.owner
        role = credential.role
        expires = credential.expires
        self.means = means
        self.credential = credential.digest
    }

    private init(nobodyWith means: Means) {
        owner = nil
        role = nil
        expires = nil
        self.means = means
        credential = nil
    }

    package static let nobody = Caller(nobodyWith: .nothing)
    static let lapsed = Caller(nobodyWith: .lapsedCookie)

    /// What a route that wants an account says to one who has none.
    package var unauthenticatedSentence: String {
        means == .lapsedCookie
            ? "Your sign-in has ended. Sign in again."
            : "Sign in, or send a token: Authorization: Bearer TOKEN."
    }
}
