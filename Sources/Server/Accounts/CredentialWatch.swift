import Loop
import Wire

/// Looks twice a second for credentials that expired or were revoked by somebody else, so that what is open
/// with them ends within a second; once a minute it has written down which were used. Ends when its task is
/// cancelled.
struct CredentialWatch {
    private static let pause = Duration.milliseconds(500)
    private static let pauseBetweenWrites = Duration.seconds(60)

    private let accounts: Accounts

    init(_ accounts: Accounts) { self.accounts = accounts }

    func run(on loop: isolated EventLoop) async {
        var nextLook = loop.now + Self.pause
        var nextWrite = loop.now + Self.pauseBetweenWrites
        while case .expired = await loop.sleep(until: nextLook) {
            // Counted from when it was due, so that a slow look does not make the next one late.
            nextLook = max(nextLook + Self.pause, loop.now)
            do throws(HTTPError) {
                accounts.tickets.prune(at: accounts.now)
                try await accounts.credentials.look()
                guard loop.now >= nextWrite else { continue }
                nextWrite = loop.now + Self.pauseBetweenWrites
                try await accounts.credentials.writeUses()
            } catch {
                // The store counts its failures and shows them; the next look is soon.
                continue
            }
        }
    }
}
