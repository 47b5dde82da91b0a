import Configuration
import Server
import Workflows

/// Submits a task and follows it to its end.
struct Run: SignalHearing {
    static let name = "run"
    static let summary = "Run a workflow, print what it says, and exit as it ended"
    static let details = """
        Submits a task and follows it. What its phases print comes on the same stream here; what they say by \
        `::notice::` and its kin, in words, on standard error, and at the end how it ended. Exit status: 0 for \
        SUCCEEDED, 1 for FAILED, 124 where its deadline came first, 130 for CANCELLED. When the connection ends the \
        command connects again and goes on behind the last line it had; when it cannot, it exits as `watch` does, \
        and the task goes on.
        Ctrl-C on a terminal asks whether to cancel the task or to leave it running; a second one cancels it and \
        exits at once. Elsewhere SIGINT, and SIGTERM everywhere, cancel the task, wait for its end, and exit with \
        130. A terminal that goes away leaves the task running.
        """

    private let wish: TaskWish
    private let isDetached: Bool
    private let following: FollowingOptions
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        wish = TaskWish(arguments)
        isDetached = arguments.flag("detach", "Prints the task's id and exits with 0; the task runs on.")
        following = FollowingOptions(arguments)
        server = ServerOptions(arguments)
    }

    func perform() async throws(Failure) -> ExitCode {
        let access = try server.access(as: .operators)
        return try await TaskFollower.run(access, following) { () throws(Failure) in
            try wish.settled()
        } _: { wish throws(Failure) in
            let (record, answer) = try await wish.submit(to: access)
            guard isDetached else {
                Output.say("the task \(record.id) is submitted")
                return .follow(record.id)
            }
            let text = following.isJSON ? String(decoding: answer, as: UTF8.self) : record.id.text
            return .exit(Output.result(text + "\n"))
        }
    }
}
