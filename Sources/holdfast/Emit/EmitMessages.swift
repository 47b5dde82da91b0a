import Configuration
import Workflows

/// Says something to those who watch the task.
struct EmitNotice: Action {
    static let name = "notice"
    static let summary = "Say something to those who watch the task"
    private let text: String

    init(_ arguments: ArgumentReader) { text = arguments.argument("TEXT", .anyText, "What to say.") }

    func perform() async throws(Failure) -> ExitCode { try TaskEvents.say("notice", text) }
}

struct EmitWarning: Action {
    static let name = "warning"
    static let summary = "Warn those who watch the task"
    private let text: String

    init(_ arguments: ArgumentReader) { text = arguments.argument("TEXT", .anyText, "What to say.") }

    func perform() async throws(Failure) -> ExitCode { try TaskEvents.say("warning", text) }
}

struct EmitError: Action {
    static let name = "error"
    static let summary = "Tell those who watch the task of an error; it goes on"
    private let text: String

    init(_ arguments: ArgumentReader) { text = arguments.argument("TEXT", .anyText, "What to say.") }

    func perform() async throws(Failure) -> ExitCode { try TaskEvents.say("error", text) }
}

struct EmitGroup: Action {
    static let name = "group"
    static let summary = "Begin a group of lines, which a page may fold away"
    private let title: String

    init(_ arguments: ArgumentReader) { title = arguments.argument("TITLE", .anyText, "What the group is.") }

    func perform() async throws(Failure) -> ExitCode { try TaskEvents.say("group", title) }
}

struct EmitEndGroup: Action {
    static let name = "endgroup"
    static let summary = "End the group that was begun last"

    init(_ arguments: ArgumentReader) {}

    func perform() async throws(Failure) -> ExitCode { try TaskEvents.say("endgroup", "") }
}

extension TaskEvents {
    static func say(_ command: String, _ text: String) throws(Failure) -> ExitCode {
        try send("::\(command)::\(CommandEscapes.escape(text: text))")
        return .success
    }
}
