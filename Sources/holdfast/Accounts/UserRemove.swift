import Configuration
import Server
import Sessions

/// Removes an account.
struct UserRemove: Action {
    static let name = "remove"
    static let summary = "Remove an account, with its tokens"
    static let details = "What is open with it is ended within a second. The last admin stays."

    private let user: String
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        user = arguments.argument("NAME", .string, "Whose account.")
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        try await AccountFolder.open(folder) { [user] folder in
            try await folder.accounts.remove(user)
            folder.record(.accountChanged, "\(user) removed")
        }
        Output.say("removed the account \(user)")
        return .success
    }
}
