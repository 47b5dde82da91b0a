import Configuration
import Server
import Store

/// Makes a link that signs somebody in once.
struct LoginLink: Action {
    static let name = "login-link"
    static let summary = "Print a link that signs in once, without a password"
    static let details = """
        It holds for `accounts.login_link_lifetime`. Whoever has it is that person: hand it on with care. It leads to \
        the server of the data folder, or, while that is down, to where the settings would have it listen.
        """

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
        let place = try place(settings)
        let account = user ?? FirstStart.admin
        let path = try await AccountFolder.open(settings.data) { folder in
            try await FirstStart.link(
                for: account, folder.accounts, lifetime: settings.accounts.loginLinkLifetime)
        }
        return Output.result("\(place.base)\(path)\n")
    }

    /// Where pages are reached: where that was said, else where the server is, else where it would be.
    private func place(_ settings: Settings) throws(Failure) -> ServerPlace {
        if let given = url ?? Environment["HOLDFAST_URL"] { return try ServerPlace(given) }
        let running = (try? Store.holder(of: settings.data))?.addresses ?? []
        let addresses = running.isEmpty ? settings.addresses : running
        guard !addresses.isEmpty else { throw .noServer(on: settings.data) }
        return try ServerPlace(forPagesOf: addresses)
    }
}
