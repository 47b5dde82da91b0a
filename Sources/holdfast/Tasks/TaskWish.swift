import Configuration
import JSONCoding
import Wire
import Workflows

/// The task that somebody wants to be run, as a command line says it and the server reads it.
struct TaskWish: Encodable, Sendable {
    private let workflow: String
    private var requirement: String?
    private var inputs: [String: InputValue] = [:]
    private let title: String?
    private let priority: Int?
    private let testMode: Bool
    /// In seconds.
    private let maxDuration: Double?

    private let assignments: [InputAssignment]
    private let key: String?

    private enum CodingKeys: CodingKey {
        case workflow, requirement, inputs, title, priority, testMode, maxDuration
    }

    init(_ arguments: ArgumentReader) {
        workflow = arguments.argument("WORKFLOW", .string, "What to run, as `holdfast workflows` lists it.")
        requirement = arguments.option(
            "requirement", .anyText, "What is to be done, for workflows that ask; `-` is standard input.")
        assignments = arguments.options(
            "input", .input, "An input of the workflow; give it once for each.")
        title = arguments.option("title", .string, "What lists show. Default: the workflow's title.")
        let range = TaskRequest.priorities
        priority = arguments.option(
            "priority", .integer(range), "The higher goes first. Default: 0.")
        testMode = arguments.flag("test-mode", "Says so to the workflow, and allows less time.")
        let longest = arguments.option(
            "max-duration", .duration(.milliseconds(100) ... .days(30)),
            "How long it may take. Default: what the workflow or the configuration says.")
        maxDuration = longest.map { $0 / .seconds(1) }
        key = arguments.option(
            "idempotency-key", .string, "The same key with the same request means the same task, for 24 h.")
    }

    /// With all that was not on the command line itself, or needs a look at the whole of it.
    func settled() throws(Failure) -> TaskWish {
        var wish = self
        wish.inputs = try InputAssignment.inputs(assignments)
        guard requirement == "-" else { return wish }
        guard let text = String(validating: try StandardStreams.input(), as: UTF8.self) else {
            throw Failure(.data, "The requirement on standard input is not UTF-8.")
        }
        wish.requirement = text
        return wish
    }

    /// Puts it into the line. The task is stored when this comes back.
    func submit(to access: ServerAccess) async throws(Failure) -> (record: TaskRecord, answer: [UInt8]) {
        var call = RemoteCall(.post, "/api/v1/tasks", body: try RemoteAnswer.body(self))
        call.idempotencyKey = key
        let answer = try await call.send(to: access)
        return (try RemoteAnswer.read(from: answer), answer)
    }
}
