import Configuration
import Server

/// Lists the terminals of a server.
struct TerminalsList: Showing {
    static let name = "list"
    static let summary = "List the terminals, and those that have ended lately"
    static let details = "`holdfast attach ID` goes to one of them."
    static let role = Role.admin

    let options: ShowingOptions
    let path = "/api/v1/terminals"

    init(_ arguments: ArgumentReader) { options = ShowingOptions(arguments) }

    func text(of table: TerminalTable) -> String { table.text }
}
