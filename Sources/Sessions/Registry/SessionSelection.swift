/// Which sessions are meant.
package enum SessionSelection: Sendable {
    case all
    case one(SessionID)
    case kinds(Set<SessionKind>)
    /// All of a person or program.
    case account(String)
    /// All that live by one token or cookie.
    case signIn(String)
    /// All of an account but those of one sign-in: that of the one who just came, where one is allowed.
    case others(account: String, than: String)

    func includes(_ session: Session) -> Bool {
        switch self {
        case .all: true
        case .one(let id): session.id == id
        case .kinds(let kinds): kinds.contains(session.kind)
        case .account(let account): session.owner?.account == account
        case .signIn(let signIn): session.kind.endsWithSignIn && session.owner?.signIn == signIn
        case .others(let account, let signIn):
            session.kind.endsWithSignIn
                && (session.owner.map { $0.account == account && $0.signIn != signIn } ?? false)
        }
    }
}
