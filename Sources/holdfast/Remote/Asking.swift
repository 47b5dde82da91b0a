import Configuration
import Server

/// A command that asks the server to do something, and says that it is done.
protocol Asking: Action {
    /// Who may ask for it.
    static var role: Role { get }
    var server: ServerOptions { get }

    func call() throws(Failure) -> RemoteCall
    /// What a person is told then.
    var done: String { get }
}

extension Asking {
    func perform() async throws(Failure) -> ExitCode {
        _ = try await call().send(to: server.access(as: Self.role))
        Output.say(done)
        return .success
    }
}
