import Configuration
import Server

/// Shows what is alive on a running server.
struct SessionsList: Showing {
    static let name = "sessions"
    static let summary = "List what is alive on a running server"
    static let details = "`holdfast sessions end ID` ends one of them."
    static let role = Role.admin

    let options: ShowingOptions
    let path = "/api/v1/sessions"

    init(_ arguments: ArgumentReader) { options = ShowingOptions(arguments) }

    func text(of table: SessionTable) -> String { table.text }
}
