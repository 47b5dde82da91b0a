import Configuration
import Server
import Sessions

/// Gives an account another password.
struct UserPassword: Action {
    static let name = "password"
    static let summary = "Set an account's password"
    static let details = """
        It is asked for, or read from the first line of standard input where that is no terminal. Wherever the \
        account is signed in it is signed out; its tokens stay.
        """

    private let user: String
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        user = arguments.argument("NAME", .string, "Whose password.")
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        guard let password = try NewPassword.read(for: user) else {
            throw Failure(.data, "There is no password on standard input.")
        }
        let hash = try NewPassword.hash(password)
        try await AccountFolder.open(folder) { [user] folder in
            try await folder.accounts.setPasswordHash(hash, of: user)
            folder.record(.accountChanged, "\(user) has another password")
        }
        Output.say("\(user) has another password")
        return .success
    }
}
