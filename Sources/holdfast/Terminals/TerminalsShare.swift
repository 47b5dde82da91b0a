import Configuration
import Loop
import Server
import Wire

/// Makes a link by which others look at a terminal.
struct TerminalsShare: Action {
    static let name = "share"
    static let summary = "Print a link by which others look at a terminal, and do not type"

    /// As the server has it.
    private static let usualLifetime = Duration.seconds(3600)

    private struct Wish: Encodable {
        /// In seconds.
        let expiresIn: Int?
    }

    private struct Link: Decodable {
        let url: String
        let expiresAt: String?
    }

    private let terminal: TerminalName?
    private let lifetime: Duration?
    private let isJSON: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        terminal = arguments.terminal()
        lifetime = arguments.option(
            "expires-in", .duration(.seconds(1) ... .days(7)),
            "How long the link is good. Default: an hour.")
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let wish = Wish(expiresIn: lifetime.map { Int($0.components.seconds) })
        let call = RemoteCall(.post, terminal.path("/share"), body: try RemoteAnswer.body(wish))
        var access = try server.access(as: .admin)
        // A link ends with what made it.
        access.lasting = (lifetime ?? Self.usualLifetime) + .seconds(60)
        let answer = try await call.send(to: access)
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let link: Link = try RemoteAnswer.read(from: answer)
        if let end = link.expiresAt { Output.say("good until \(end)") }
        return Output.result(link.url + "\n")
    }
}
