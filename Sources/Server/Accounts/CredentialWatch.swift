import Loop
import Wire

/// Looks twice a second for credentials that expired or were revoked by somebody else, so that what is open with
/// them ends within a second. It only reads, since whoever writes may have to wait for the disk or for another
/// process. Ends when its task is cancelled.
struct CredentialWatch {
    private static let pause = Duration.milliseconds(500)

    private let accounts: Accounts

    init(_ accounts: Accounts) { self.accounts = accounts }

    func run(on loop: isolated EventLoop) async {
        var next = loop.now + Self.pause
        while case .expired = await loop.sleep(until: next) {
            // Counted from when it was due, so that a slow look does not make the next one late.
            next = max(next + Self.pause, loop.now)
            accounts.tickets.prune(at: accounts.now)
            // The store counts its failures and shows them; the next look is soon.
            try? await accounts.credentials.look()
        }
    }
}

/// Writes down once a minute which credentials were used, and removes what has expired. Ends when its task is
/// cancelled.
struct CredentialKeeping {
    private static let pause = Duration.seconds(60)

    private let accounts: Accounts

    init(_ accounts: Accounts) { self.accounts = accounts }

    func run(on loop: isolated EventLoop) async {
        while case .expired = await loop.sleep(until: loop.now + Self.pause) {
            try? await accounts.credentials.writeDown()
        }
    }
}
