import Configuration
import Server
import Sessions

/// Gives an account another role.
struct UserRole: Action {
    static let name = "role"
    static let summary = "Change what an account may do"
    static let details = "What is open with more than it may do now is ended."

    private let user: String
    private let role: Role
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        user = arguments.argument("NAME", .string, "Whose role.")
        role = arguments.argument("ROLE", .choice(), Role.help)
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let folder = try settings.read().settings.data
        try await AccountFolder.open(folder) { [user, role] folder in
            try await folder.accounts.setRole(role, of: user)
            folder.record(.accountChanged, "\(user) is now \(role.rawValue)")
        }
        Output.say("\(user) is now \(role.rawValue)")
        return .success
    }
}
