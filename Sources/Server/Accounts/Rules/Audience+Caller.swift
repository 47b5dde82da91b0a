import Sessions
import Configuration
import Wire

extension Audience {
    /// Whether it is for whoever asks. Admins may everything.
    func admits(_ caller: Caller) -> Bool {
        guard let role = caller.role else { return false }
        if role == .admin { return true }
        switch self {
        case .role(let rank): return Role(rawValue: rank.rawValue).map { role >= $0 } ?? false
        case .accounts(let accounts): return caller.owner.map { accounts.contains($0.account) } ?? false
        }
    }

    /// What is told to one whom it does not admit.
    func refusal(_ what: String) -> HTTPError {
        switch self {
        case .role(let rank): HTTPError(.forbidden, "\(what) takes the role \(rank.rawValue).")
        case .accounts: HTTPError(.forbidden, "\(what) is for some accounts only, and yours is none of them.")
        }
    }
}
