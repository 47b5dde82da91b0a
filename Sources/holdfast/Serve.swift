import CLinux
import Configuration
import Loop
import Server

/// Runs the server until it is told to stop.
struct Serve: SignalHearing {
    static let name = "serve"
    static let summary = "Run the server"
    static let details = """
        Prints one line on standard output when it serves, `ready http://ADDRESS:PORT`, and logs to standard \
        error. Where it listens on several addresses, that is the first; `holdfast` finds it by its data folder.

        SIGTERM and SIGINT stop it: connections are told, requests are finished, and it exits with 0. The same once \
        more ends it at once: what is open is cut, and it exits with 143 or 130. SIGHUP has it read its certificates \
        and settings again.

        One server serves a data folder at a time; a second one refuses to start. A server that cannot start says \
        why in its log and exits with:

          69   it cannot listen: the address is in use, or is none of this machine's
          71   the system refuses it descriptors, threads or memory
          73   the data folder cannot be made
          75   the disk is full, or the database is busy
          77   it may not write to the data folder, or not listen at the address
          78   the configuration is wrong, or names a certificate or folder that cannot be used
          79   another server has the data folder
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
        } catch let error as SystemError {
            throw Failure(.system, error.description)
        } catch {
            throw Failure(.fault, "\(error)")
        }
    }
}
