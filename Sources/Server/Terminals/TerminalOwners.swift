import Sessions
import Terminals
import Wire

/// Ends terminals whose account is no longer there: nobody but admins could come to them any more, and later whoever is
/// given the same name. A token that acts in its own name has no account, and its terminals go on.
struct TerminalOwners: Sendable {
    private let terminals: Terminals
    private let accounts: AccountStorage

    init(of terminals: Terminals, _ accounts: AccountStorage) {
        self.terminals = terminals
        self.accounts = accounts
    }

    /// Where the accounts cannot be read all stay as they are, until the next look.
    func look() async {
        // Before the accounts are: a terminal that was there then has an account from before too, if it has any.
        let owned = await terminals.list().filter { $0.state == .running }.compactMap { info in
            info.record.owner.map { (info.record.id, $0) }
        }.filter { !$0.1.contains(":") }
        guard !owned.isEmpty else { return }
        guard let names = try? await Set(accounts.accounts().map(\.name)) else { return }
        for (id, owner) in owned where !names.contains(owner) {
            let ending = Ending(.cancelled, "The account that it belonged to was removed")
            // False, or an error, where it is over meanwhile.
            _ = try? await terminals.end(id, with: ending)
        }
    }
}
