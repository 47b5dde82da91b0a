import Configuration
import Server
import Sessions

/// Makes an account.
struct UserAdd: Action {
    static let name = "add"
    static let summary = "Make an account"
    static let details = """
        The password is asked for, or read from the first line of standard input where that is no terminal. Without \
        one the account signs in by a link: `holdfast login-link NAME`.
        """

    private let user: String
    private let role: Role
    private let hasNoPassword: Bool
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        user = arguments.argument("NAME", .string, "The name to sign in with, in lower case.")
        role = arguments.option("role", .choice(), default: .viewer, Role.help)
        hasNoPassword = arguments.flag("no-password", "Makes an account that signs in by links only.")
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        let password = hasNoPassword ? nil : try NewPassword.read(for: user)
        let hash: String? = if let password { try NewPassword.hash(password) } else { nil }
        try await AccountFolder.open(folder, making: true) { [user, role] folder in
            try await folder.accounts.create(user, role: role, passwordHash: hash)
            folder.record(.accountChanged, "\(user) made, \(role.rawValue)")
        }
        let way = hash == nil ? "; it has no password: see `holdfast login-link \(user)`" : ""
        Output.say("made the account \(user), \(role.rawValue)\(way)")
        return .success
    }
}

extension Role {
    static let help =
        "What it may do: a viewer sees, an operator starts, stops and publishes too, an admin manages all."
}
