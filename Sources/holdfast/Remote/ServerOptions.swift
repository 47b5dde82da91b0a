import Configuration
import Server
import Store

/// What a command line says about the server that a command speaks to.
struct ServerOptions: Sendable {
    static let urlHelp =
        "The server's address. Default: $HOLDFAST_URL, else where the settings say that it listens."

    private let url: String?
    private let token: String?
    private let authorities: String?
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        url = arguments.option("url", .string, Self.urlHelp)
        token = arguments.option(
            "token", .string,
            "The token to show; others on this machine can see it here. Default: $HOLDFAST_TOKEN.")
        authorities = arguments.option(
            "ca", .path, "The certificates to trust, a PEM file. Default: the system's.")
        settings = arguments.settings(showing: ["data", "listen"])
    }

    /// The server, and the right to ask it for something that takes `role`.
    func access(as role: Role) throws(Failure) -> ServerAccess {
        let settings = try settings.read().settings
        let place = try ServerPlace(named: url, else: settings)
        return ServerAccess(
            place: place, right: right(for: role, in: settings), authorities: authorities)
    }

    /// A token that was given, or one to be made. None is made for an address that was given: whoever answers
    /// there need not be the server of this folder. Naming the folder too says that it is.
    private func right(for role: Role, in settings: Settings) -> ServerAccess.Right {
        if let token = token ?? Environment["HOLDFAST_TOKEN"] { return .shown(token) }
        let isElsewhere = (url ?? Environment["HOLDFAST_URL"]) != nil
        let namesFolder = self.settings.flags.contains { $0.name == "data" }
        guard !isElsewhere || namesFolder, Store.exists(in: settings.data) else { return .none }
        return .made(in: settings.data, role)
    }
}
