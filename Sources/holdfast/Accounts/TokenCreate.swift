import Configuration
import Loop
import Server
import Sessions

/// Makes a token and prints it, this once.
struct TokenCreate: Action {
    static let name = "create"
    static let summary = "Make a token and print it"
    static let details = """
        The token is the only thing on standard output, and this is the only time that it can be seen. Programs show \
        it as `Authorization: Bearer TOKEN`. A running server knows it at once.
        """

    private let token: String
    private let role: Role
    private let account: String?
    private let expires: Duration??
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        token = arguments.argument("NAME", .string, "What the token is for.")
        role = arguments.option("role", .choice(), default: .viewer, Role.help)
        account = arguments.option(
            "account", .string, "The account that it acts for; else it acts in its own name.")
        expires = arguments.option(
            "expires", .optional(.duration(.seconds(1) ... .days(3650)), none: "never"),
            "When it ends, such as `12h` or `never`; else what `accounts.token_lifetime` says.")
        settings = arguments.settings(showing: ["data"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let settings = try settings.read().settings
        let lifetime = expires ?? settings.accounts.tokenLifetime
        let new = try await AccountFolder.open(settings.data, making: true) { [token, role, account] folder in
            let new = try await folder.accounts.createToken(
                named: token, for: account, role: role, expires: lifetime.map { .after($0) })
            folder.record(.tokenMade, "\(new.token.id) \(token), \(role.rawValue)")
            return new
        }
        return Output.result(new.secret.text + "\n")
    }
}
