import Configuration
import Server

/// Makes a link that signs somebody in once.
struct LoginLink: Action {
    static let name = "login-link"
    static let summary = "Print a link that signs in once, without a password"
    static let details =
        "It holds for `accounts.login_link_lifetime`. Whoever has it is that person: hand it on with care."

    private let user: String?
    private let url: String?
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        user = arguments.optionalArgument("NAME", .string, "Whom it signs in; else \(FirstStart.admin).")
        url = arguments.option("url", .string, ServerOptions.urlHelp)
        settings = arguments.settings(showing: ["data", "listen"])
    }

    func perform() async throws(Failure) -> ExitCode {
        let settings = try settings.read().settings
        let place = try ServerPlace(named: url, else: settings)
        let account = user ?? FirstStart.admin
        let path = try await AccountFolder.open(settings.data) { folder in
            try await FirstStart.link(
                for: account, folder.accounts, lifetime: settings.accounts.loginLinkLifetime)
        }
        return Output.result("\(place.base)\(path)\n")
    }
}
