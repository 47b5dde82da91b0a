import Configuration
import Server
import Sessions
import Wire

/// Ends one session of a running server.
struct SessionsEnd: Action {
    static let name = "end"
    static let summary = "End a session of a running server"
    static let details =
        "Its connection is closed, unless it is one channel of several; all that it held is given back."

    private let id: String
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        id = arguments.argument("ID", .string, "The session, as `holdfast sessions` lists it.")
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        guard let session = SessionID(id) else { throw Failure(.data, "“\(id)” is no session's id.") }
        _ = try await RemoteCall(.delete, "/api/v1/sessions/\(session)").send(to: server.access(as: .admin))
        Output.say("ended the session \(session)")
        return .success
    }
}
