import Configuration
import JSONCoding
import Server
import Workflows

/// Shows one task.
struct TasksShow: Showing {
    static let name = "show"
    static let summary = "Show a task and its phases"

    static let role = Role.viewer

    private let task: TaskID?
    let options: ShowingOptions

    init(_ arguments: ArgumentReader) {
        task = arguments.taskID()
        options = ShowingOptions(arguments)
    }

    var path: String { task.path() }
    func text(of task: TaskRecord) -> String { task.page }
}

extension TaskRecord {
    /// All that a person may want to know of it.
    fileprivate var page: String {
        let rows: [(String, String?)] = [
            ("task", id.text), ("workflow", workflow), ("title", title), ("status", status.rawValue),
            ("reason", reason?.rawValue), ("sentence", sentence), ("owner", owner),
            ("retry of", retryOf?.text), ("priority", "\(priority)"), ("created", createdAt.rfc3339),
            ("started", startedAt?.rfc3339), ("ended", endedAt?.rfc3339), ("took", took),
            ("may take", Duration.seconds(maxDuration).text), ("test mode", testMode ? "yes" : nil),
            ("killed", killed > 0 ? "\(killed) processes" : nil),
            ("requirement", requirement.isEmpty ? nil : requirement),
        ]
        let more =
            inputs.sorted { $0.key < $1.key }.map { ("input \($0.key)", $0.value.text) }
            + usage.sorted { $0.key < $1.key }.map { ("used \($0.key)", InputValue.number($0.value).text) }
        let lines = rows.compactMap { name, value in value.map { (name, $0) } } + more
        let width = lines.map(\.0.count).max() ?? 0
        let head = lines.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value.onOneLine + "\n"
        }
        var table = Table("PHASE", "STATUS", "ATTEMPT", "PROGRESS", "EXIT", "NEEDS", "TEXT")
        for phase in phases { table.add(phase.row) }
        return head.joined() + "\n" + table.text
    }
}

extension PhaseRecord {
    fileprivate var row: [String] {
        [
            name, status.rawValue, attempt > 0 ? "\(attempt)" : "-", progress.map { "\(Int($0))%" } ?? "-",
            signal.map { "signal \($0)" } ?? exitStatus.map(String.init) ?? "-",
            needs.isEmpty ? "-" : needs.joined(separator: ","), text?.onOneLine ?? "-",
        ]
    }
}
