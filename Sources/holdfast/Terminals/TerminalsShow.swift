import Configuration
import Server

/// Shows one terminal.
struct TerminalsShow: Showing {
    static let name = "show"
    static let summary = "Show a terminal"
    static let role = Role.admin

    private let terminal: TerminalName?
    let options: ShowingOptions

    init(_ arguments: ArgumentReader) {
        terminal = arguments.terminal()
        options = ShowingOptions(arguments)
    }

    var path: String { terminal.path() }
    func text(of terminal: TerminalRecord) -> String { terminal.page }
}
