import Configuration
import Glibc
import Loop
import Server
import Store
import Transport
import Wire

/// Why a command could not do what it was asked for: a sentence for the person, and a status for the script.
struct Failure: Error {
    let sentence: String
    let code: ExitCode

    init(_ code: ExitCode, _ sentence: String) {
        self.sentence = sentence
        self.code = code
    }

    init(_ error: ConfigurationError) { self.init(error.exitCode, error.description) }

    init(_ error: SystemError) { self.init(.failure, error.description) }

    init(_ error: HTTPError) { self.init(Self.code(for: error.status), error.sentence) }

    init(_ error: StoreError) { self.init(ExitCode(error), error.description) }

    init(_ error: ClientError) {
        let code: ExitCode =
            switch error {
            case .badAddress: .usage
            case .malformed, .tooLarge: .protocolFault
            case .cancelled: .interrupted
            default: .unavailable
            }
        self.init(code, error.description)
    }

    /// What an HTTP status means for a script.
    static func code(for status: HTTPStatus) -> ExitCode {
        switch status.code {
        case 401, 403: .forbidden
        case 404, 410: .missing
        case 400, 413, 415, 422: .data
        case 408, 429, 502, 503, 504, 507: .temporary
        case 500...599: .fault
        default: .failure
        }
    }
}

/// A command that does its work and fails, if it fails, with one sentence.
protocol Action: Command {
    func perform() async throws(Failure) -> ExitCode
}

extension Action {
    func run() async -> ExitCode {
        do throws(Failure) {
            return try await perform()
        } catch {
            Output.say(error.sentence)
            return error.code
        }
    }
}

/// A command that hears signals itself; they end any other at once.
protocol SignalHearing: Action {
    /// Those that wait until they are heard.
    static var signals: [CInt] { get }
}

extension SignalHearing {
    static var signals: [CInt] { Signals.served }
}
