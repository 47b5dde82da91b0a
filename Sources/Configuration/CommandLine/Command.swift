/// One thing that the program can be told to do.
///
/// A command asks for its arguments in its initializer, once each, as `Settings` does: how the line is
/// read and what `--help` says both come from there. The initializer may run without a line to read (to
/// describe itself), so it does nothing but ask.
package protocol Command: Sendable {
    static var name: String { get }
    /// One line, without a full stop.
    static var summary: String { get }
    /// What else a person should know, in paragraphs; help prints it below the summary.
    static var details: String { get }

    init(_ arguments: ArgumentReader)
    func run() async -> ExitCode
}

extension Command {
    package static var details: String { "" }
}

/// A command, or several under one word: `token create`.
package enum CommandTree: Sendable {
    case command(any Command.Type)
    /// - standard: what is meant when none of them is named.
    indirect case group(String, summary: String, standard: (any Command.Type)? = nil, [CommandTree])

    package var name: String {
        switch self {
        case .command(let type): type.name
        case .group(let name, _, _, _): name
        }
    }

    var summary: String {
        switch self {
        case .command(let type): type.summary
        case .group(_, let summary, _, _): summary
        }
    }
}
