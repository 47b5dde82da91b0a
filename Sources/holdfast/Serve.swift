import CLinux
import Configuration
import Server

/// Runs the server until it is told to stop.
struct Serve: SignalHearing {
    static let name = "serve"
    static let summary = "Run the server"
    static let details = """
        Prints one line on standard output when it serves, `ready http://ADDRESS:PORT`, and logs to standard \
        error. SIGTERM and SIGINT stop it: connections are told, requests are finished, and it exits with 0. \
        SIGHUP has it read its certificates and settings again.

        One server serves a data folder at a time; a second one refuses to start.
        """

    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) { settings = arguments.settings() }

    func perform() async throws(Failure) -> ExitCode {
        // A line is whole when it is read, also by a script behind a pipe.
        hf_print_by_line()
        let settings = settings
        do {
            return try await HoldfastServer.run { () throws(ConfigurationError) in
                try settings.load(environment: Environment.variables)
            }
        } catch let error as ConfigurationError {
            throw Failure(error)
        } catch {
            throw Failure(.fault, "\(error)")
        }
    }
}
