package import Loop
package import Sessions

/// Who asks: an account, by whichever means it signed in, or nobody.
package struct Caller: Sendable {
    /// One for all sessions of one sign-in; it names the token or cookie that vouches for it. Nil for nobody.
    package let owner: SessionOwner?
    package let role: Role?
    /// When what vouches for it ends by itself.
    package let expires: Timestamp?

    package init(owner: SessionOwner?, role: Role?, expires: Timestamp? = nil) {
        self.owner = owner
        self.role = role
        self.expires = expires
    }

    package static let nobody = Caller(owner: nil, role: nil)
}
