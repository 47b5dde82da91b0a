import Configuration
import Server
import Sessions

/// Ends tokens before their time.
struct TokenRevoke: Action {
    static let name = "revoke"
    static let summary = "Revoke a token"
    static let details = "What is open with it is closed with 4002 within a second."

    private let token: String
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        token = arguments.argument("ID|NAME", .string, "Its id, or a name: then all of that name.")
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        let count = try await AccountFolder.open(folder) { [token] folder in
            let count = try await folder.accounts.revokeTokens(token)
            folder.record(.tokenRevoked, "\(token), \(count) of them")
            return count
        }
        Output.say("revoked \(count) token\(count == 1 ? "" : "s")")
        return .success
    }
}
