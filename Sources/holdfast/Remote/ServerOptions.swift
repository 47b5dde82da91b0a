import Configuration
import Server
import Store

/// What a command line says about the server that a command speaks to.
struct ServerOptions: Sendable {
    static let urlHelp =
        "The server's address. Default: $HOLDFAST_URL, else where the server of the data folder says that it is, "
        + "and with a token, where no server has the folder, where it is configured to listen."

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
        let given = url ?? Environment["HOLDFAST_URL"]
        if let token = token ?? Environment["HOLDFAST_TOKEN"] {
            return ServerAccess(
                search: try Self.search(given, settings), right: .shown(token), authorities: authorities)
        }
        let folder = settings.data
        guard let given else {
            return ServerAccess(
                search: .folder(folder), right: .made(in: folder, role), authorities: authorities)
        }
        // Whoever answers at an address that was given need not be the server of this folder. Naming the folder too
        // says that it is.
        let isOfFolder =
            self.settings.flags.contains { $0.name == "data" } && (try? Store.exists(in: folder)) ?? false
        return ServerAccess(
            search: .at(try ServerPlace(given), serving: isOfFolder ? folder : nil),
            right: isOfFolder ? .made(in: folder, role) : .none, authorities: authorities)
    }

    /// For who has a token: without a server on a folder that he can look into, it is where the settings say.
    private static func search(_ given: String?, _ settings: Settings) throws(Failure) -> ServerSearch {
        if let given { return .at(try ServerPlace(given)) }
        let isHere = (try? Store.holder(of: settings.data)) != nil
        if isHere || settings.addresses.isEmpty { return .folder(settings.data) }
        return .at(try ServerPlace(nearestOf: settings.addresses))
    }
}
