import Configuration
import Server
import Wire
import Workflows

/// Asks for the end of a task.
struct TasksCancel: Asking {
    static let name = "cancel"
    static let summary = "Cancel a task"
    static let details = "It is over when every process that came from it is gone."
    static let role = Role.operators

    private let task: TaskID?
    let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        server = ServerOptions(arguments)
    }

    var done: String { "the task is being cancelled" }
    func call() -> RemoteCall { RemoteCall(.post, task.path("/cancel")) }
}

/// Takes away a task that is over.
struct TasksDelete: Asking {
    static let name = "delete"
    static let summary = "Delete a task that is over, with all that it said and kept"
    static let role = Role.operators

    private let task: TaskID?
    let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        server = ServerOptions(arguments)
    }

    var done: String { "deleted the task" }
    func call() -> RemoteCall { RemoteCall(.delete, task.path()) }
}

/// Does a task that is over again.
struct TasksRetry: SignalHearing {
    static let name = "retry"
    static let summary = "Do a task that is over again, as a new one"
    static let details = """
        Prints the new task's id; with --follow, does what `run` does. With --phase it goes on from there: what succeeded \
        before is taken over, with the folder in which the phases ran.
        """

    private let task: TaskID?
    private let phase: String?
    private let isFollowed: Bool
    private let following: FollowingOptions
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        phase = arguments.option(
            "phase", .string, "The phase to go on from. Default: all of them are done again.")
        isFollowed = arguments.flag("follow", "Follows the new task to its end.")
        following = FollowingOptions(arguments)
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let access = try server.access(as: .operators)
        return try await TaskFollower.run(access, following) {
        } _: { _ throws(Failure) in
            let body = phase.map { Array("{\"phase\":\(JSONText.quoted($0))}".utf8) }
            let answer = try await RemoteCall(.post, task.path("/retry"), body: body).send(to: access)
            let record: TaskRecord = try RemoteAnswer.read(from: answer)
            guard isFollowed else {
                let text = following.isJSON ? String(decoding: answer, as: UTF8.self) : record.id.text
                return .exit(Output.result(text + "\n"))
            }
            Output.say("the task \(record.id) is submitted")
            return .follow(record.id)
        }
    }
}

/// Sends a line to a phase that takes input.
struct TasksInput: Action {
    static let name = "input"
    static let summary = "Send a line to a phase that takes input"

    private struct Line: Encodable {
        let phase: String?
        let text: String
    }

    private let task: TaskID?
    private let line: Line
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        let text = arguments.argument("TEXT", .anyText, "The line, without its end.")
        let phase = arguments.option("phase", .string, "The phase, where several take input.")
        line = Line(phase: phase, text: text)
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let call = RemoteCall(.post, task.path("/input"), body: try RemoteAnswer.body(line))
        _ = try await call.send(to: server.access(as: .operators))
        return .success
    }
}
