/// The person or program that a session belongs to: one object for all the sessions of one sign-in.
package final class SessionOwner: Sendable {
    package let account: String

    /// Names the token or cookie that it came with (never the secret itself).
    package let signIn: String

    package init(account: String, signIn: String) {
        self.account = account
        self.signIn = signIn
    }
}
