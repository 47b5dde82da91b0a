import Configuration
import Server
import Wire

/// Lists the terminals of a server.
struct TerminalsList: Action {
    static let name = "list"
    static let summary = "List the terminals, and those that have ended lately"
    static let details = "`holdfast attach ID` goes to one of them."

    private let isJSON: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.get, "/api/v1/terminals").send(to: server.access(as: .admin))
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let table: TerminalTable = try RemoteAnswer.read(from: answer)
        return Output.result(table.text)
    }
}
