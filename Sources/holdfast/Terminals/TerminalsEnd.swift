import Configuration
import Server
import Wire

/// Asks for the end of a terminal.
struct TerminalsEnd: Asking {
    static let name = "end"
    static let summary = "End a terminal"
    static let details = "It is over when every process that came from it is gone."
    static let role = Role.admin

    private let terminal: TerminalName?
    let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        terminal = arguments.terminal()
        server = ServerOptions(arguments)
    }

    var done: String { "the terminal is being ended" }
    func call() -> RemoteCall { RemoteCall(.delete, terminal.path()) }
}
