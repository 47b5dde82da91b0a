import Configuration
import JSONCoding
import Loop
import Server
import Wire
import Workflows

/// Lists tasks, the newest first.
struct TasksList: Action {
    static let name = "tasks"
    static let summary = "List the tasks, the newest first"
    static let details = "Where there are more than a page shows, standard error says how to see the next."

    private let isJSON: Bool
    private let query: QueryText
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        var query = QueryText()
        isJSON = arguments.json()
        query.add(
            "status",
            arguments.option(
                "status", .string, "Only these, separated by commas: `running,pending`, `failed`."))
        query.add("workflow", arguments.option("workflow", .string, "Only those of this workflow."))
        query.add("owner", arguments.option("owner", .string, "Only those of this account."))
        query.add(
            "text",
            arguments.option("text", .string, "In the title, the requirement, the workflow's name or the id.")
        )
        query.add(
            "from", arguments.option("from", .string, "Made at this time or later: 2026-01-31T12:00:00Z."))
        query.add("before", arguments.option("before", .string, "Made before this time."))
        query.add("limit", "\(arguments.option("limit", .integer(1...500), default: 50, "At most so many."))")
        let cursor = arguments.option("cursor", .integer(0...Int.max), "The page that the one before named.")
        query.add("cursor", cursor.map(String.init))
        self.query = query
        server = ServerOptions(arguments)
    }

    private struct Page: Decodable {
        let tasks: [TaskRecord]
        let totalCount: Int
        let next: Int64?
    }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.get, "/api/v1/tasks\(query.text)").send(
            to: server.access(as: .viewer))
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let page: Page = try RemoteAnswer.read(from: answer)
        var table = Table("ID", "STATUS", "WORKFLOW", "OWNER", "CREATED", "TOOK", "TITLE")
        for task in page.tasks { table.add(task.row) }
        let code = Output.result(table.text)
        if let next = page.next {
            Output.say("there are \(page.totalCount) in all; --cursor \(next) shows the next page")
        }
        return code
    }
}

extension TaskRecord {
    fileprivate var row: [String] {
        [id.text, status.rawValue, workflow, owner ?? "-", createdAt.rfc3339, took ?? "-", title.onOneLine]
    }

    /// From its start to its end.
    var took: String? {
        guard let startedAt, let endedAt else { return nil }
        return Duration.milliseconds(endedAt.milliseconds - startedAt.milliseconds).text
    }
}

extension String {
    /// Without what would break a table or draw on a terminal.
    var onOneLine: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : $0 }))
    }
}
