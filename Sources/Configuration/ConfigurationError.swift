/// Why a configuration or a command line cannot be used.
package enum ConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be had at all: its path, and the reason in words.
    case unreadable(file: String, reason: String)
    /// Everything that is wrong in what was given, in order.
    case mistakes([Mistake])
    /// The command line does not say what to do.
    case usage(String)

    /// One line for each mistake.
    package var description: String {
        switch self {
        case .unreadable(let file, let reason): "\(file): \(reason)"
        case .mistakes(let all): all.map(\.description).joined(separator: "\n")
        case .usage(let text): text
        }
    }

    /// A wrong command line is the caller's mistake, a wrong file or variable the configuration's.
    package var exitCode: ExitCode {
        switch self {
        case .usage: .usage
        case .unreadable: .configuration
        case .mistakes(let all): all.allSatisfy { $0.rank.0 == 2 } ? .usage : .configuration
        }
    }
}
