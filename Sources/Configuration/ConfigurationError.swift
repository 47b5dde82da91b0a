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

    /// What it is about, without anything that was said there: keys, and places where there is no key.
    package var subjects: [String] {
        switch self {
        case .unreadable(let file, _): [file]
        case .mistakes(let all): all.map { $0.key.isEmpty ? "\($0.origin)" : $0.key }
        case .usage: []
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
