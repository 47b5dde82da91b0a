import Configuration
import FoundationEssentials
import Server
import Wire

/// Shows what is alive on a running server.
struct SessionsList: Action {
    static let name = "sessions"
    static let summary = "List what is alive on a running server"
    static let details = "`holdfast sessions end ID` ends one of them."

    private let isJSON: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.get, "/api/v1/sessions").send(to: server.access(as: .admin))
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self)) }
        do {
            return Output.result(try JSONDecoder().decode(SessionTable.self, from: Data(answer)).text)
        } catch {
            throw Failure(.protocolFault, "The server's list of sessions cannot be read.")
        }
    }
}
