import Configuration
import Server
import Wire

/// Shows one terminal.
struct TerminalsShow: Action {
    static let name = "show"
    static let summary = "Show a terminal"

    private let terminal: TerminalName?
    private let isJSON: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        terminal = arguments.terminal()
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.get, terminal.path()).send(to: server.access(as: .admin))
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let record: TerminalRecord = try RemoteAnswer.read(from: answer)
        return Output.result(record.page)
    }
}
