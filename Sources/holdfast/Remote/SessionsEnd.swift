import Configuration
import Server
import Sessions
import Wire

/// Ends one session of a running server.
struct SessionsEnd: Asking {
    static let name = "end"
    static let summary = "End a session of a running server"
    static let details =
        "Its connection is closed, unless it is one channel of several; all that it held is given back."

    static let role = Role.admin

    private let id: String
    let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        id = arguments.argument("ID", .string, "The session, as `holdfast sessions` lists it.")
        server = ServerOptions(arguments)
    }

    var done: String { "ended the session \(id)" }

    func call() throws(Failure) -> RemoteCall {
        guard let session = SessionID(id) else { throw Failure(.data, "“\(id)” is no session's id.") }
        return RemoteCall(.delete, "/api/v1/sessions/\(session)")
    }
}
