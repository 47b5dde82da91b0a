import Configuration
import JSONCoding
import Loop
import Server
import Workflows

/// Lists tasks, the newest first.
struct TasksList: Showing {
    static let name = "tasks"
    static let summary = "List the tasks, the newest first"
    static let details = "Where there are more than a page shows, standard error says how to see the next."
    static let role = Role.viewer

    let options: ShowingOptions
    private let query: QueryText

    init(_ arguments: ArgumentReader) {
        var query = QueryText()
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
        options = ShowingOptions(arguments)
    }

    struct Page: Decodable {
        fileprivate let tasks: [TaskRecord]
        fileprivate let totalCount: Int
        fileprivate let next: Int64?
    }

    var path: String { "/api/v1/tasks\(query.text)" }

    func text(of page: Page) -> String {
        var table = Table("ID", "STATUS", "WORKFLOW", "OWNER", "CREATED", "TOOK", "TITLE")
        for task in page.tasks { table.add(task.row) }
        return table.text
    }

    func remarks(on page: Page) -> [String] {
        page.next.map { ["there are \(page.totalCount) in all; --cursor \($0) shows the next page"] } ?? []
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
