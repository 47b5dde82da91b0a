import Configuration
import Loop
import Wire

/// What came of a password that was tried.
enum PasswordTrial: Sendable {
    /// With the hash that it was checked against.
    case right(Account, hash: String)
    /// With the account, if there is one of that name.
    case wrong(Account?)
    /// It was not looked at.
    case tooMany(AttemptLimit.Refusal)
}

extension Accounts {
    /// Whether this is the password of the account. How often that may be asked is bounded by where it comes from
    /// and, for those who have never been let in by that name, by the name.
    func tryPassword(
        _ password: String, of name: String, _ approach: Approach, on loop: isolated EventLoop
    ) async throws(HTTPError) -> PasswordTrial {
        let settings = settings
        let window = settings.loginWindow
        // What cannot be a name is counted as one, however long it is.
        let counted = Account.isName(name) ? name : ""
        let tried = AttemptLimit.Key.name(counted, approach.network)
        var needs = [
            AttemptLimit.Need(key: .network(approach.network), room: settings.loginAttemptsPerAddress),
            AttemptLimit.Need(key: tried, room: settings.loginAttempts),
        ]
        if let refusal = limit.begin(needs, at: loop.now, within: window) { return .tooMany(refusal) }
        do throws(HTTPError) {
            let found = try await storage.account(name)
            if try await isStranger(approach.network, to: name) {
                let need = AttemptLimit.Need(key: .stranger(counted), room: settings.loginAttemptsPerName)
                if let refusal = limit.begin([need], at: loop.now, within: window) {
                    return .tooMany(refusal)
                }
                needs.append(need)
            }
            guard try await passwords.verify(password, against: found?.hash, on: loop),
                case (let account, let hash?)? = found
            else { return .wrong(found?.account) }
            limit.withdraw(needs, within: window)
            limit.forget(tried)
            return .right(account, hash: hash)
        } catch {
            // Nothing was learnt, so nothing is counted.
            limit.withdraw(needs, within: window)
            throw error
        }
    }

    private func isStranger(_ network: AskerNetwork, to name: String) async throws(HTTPError) -> Bool {
        if network.isLocal { return false }
        return try await !storage.isFamiliar(network, to: name)
    }
}
