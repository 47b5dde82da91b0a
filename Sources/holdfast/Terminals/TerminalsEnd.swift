import Configuration
import Server
import Wire

/// Asks for the end of a terminal.
struct TerminalsEnd: Action {
    static let name = "end"
    static let summary = "End a terminal"
    static let details = "It is over when every process that came from it is gone."

    private let terminal: TerminalName?
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        terminal = arguments.terminal()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        _ = try await RemoteCall(.delete, terminal.path()).send(to: server.access(as: .admin))
        Output.say("the terminal is being ended")
        return .success
    }
}
