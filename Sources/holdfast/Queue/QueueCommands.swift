import Configuration
import Server
import Wire
import Workflows

/// Shows the line of tasks.
struct QueueShow: Action {
    static let name = "queue"
    static let summary = "Show the line of tasks"

    private let isJSON: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.get, "/api/v1/queue").send(to: server.access(as: .viewer))
        return try QueueTable.print(answer, isJSON: isJSON)
    }
}

/// Lets no task begin.
struct QueuePause: Action {
    static let name = "pause"
    static let summary = "Let no task begin; what runs goes on"
    static let details = "It holds over a restart, until `holdfast queue resume`."

    private let server: ServerOptions

    init(_ arguments: ArgumentReader) { server = ServerOptions(arguments) }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.post, "/api/v1/queue/pause").send(
            to: server.access(as: .operators))
        return try QueueTable.print(answer, isJSON: false)
    }
}

/// Lets tasks begin again.
struct QueueResume: Action {
    static let name = "resume"
    static let summary = "Let tasks begin again"

    private let server: ServerOptions

    init(_ arguments: ArgumentReader) { server = ServerOptions(arguments) }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.post, "/api/v1/queue/resume").send(
            to: server.access(as: .operators))
        return try QueueTable.print(answer, isJSON: false)
    }
}

/// Gives a task that waits another place.
struct QueueMove: Action {
    static let name = "move"
    static let summary = "Give a task that waits another place, among those of its priority"

    private struct Move: Encodable { let before: TaskID? }

    private let task: TaskID?
    private let move: Move
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        let before = arguments.option(
            "before", .taskID, "The task that it shall stand before. Default: it goes to the end.")
        move = Move(before: before.flatMap { $0 })
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let call = RemoteCall(.post, task.path("/move"), body: try RemoteAnswer.body(move))
        let answer = try await call.send(to: server.access(as: .operators))
        return try QueueTable.print(answer, isJSON: false)
    }
}
