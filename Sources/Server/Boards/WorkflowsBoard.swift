import JSONCoding
import Loop
import Workflows

/// The feed `workflows`: the tasks that are not over, and the latest that are.
struct WorkflowsBoard: Codable {
    struct Row: Codable, Equatable, Identifiable {
        let adwId: TaskID
        let workflow: String
        let title: String
        @OrNull var owner: String?
        let status: TaskStatus
        /// The phase that runs, or ran last.
        @OrNull var phase: String?
        /// In hundredths.
        let progress: Int
        let createdAt: Timestamp
        @OrNull var startedAt: Timestamp?
        @OrNull var endedAt: Timestamp?
        @OrNull var reason: TaskReason?
        @OrNull var sentence: String?

        var id: TaskID { adwId }

        init(_ record: TaskRecord) {
            adwId = record.id
            workflow = record.workflow
            title = record.title
            owner = record.owner
            status = record.status
            phase = record.phase
            progress = record.progress
            createdAt = record.createdAt
            startedAt = record.startedAt
            endedAt = record.endedAt
            reason = record.reason
            sentence = record.sentence
        }
    }

    /// Those that have begun, those that wait in their order, and those that are over, the newest first.
    let workflows: [Row]
    /// Tasks that are not over and not among them.
    let more: Int

    static func bytes(of glance: TaskGlance, _ rows: inout BoardRows<Row>) throws -> [UInt8] {
        var text = BoardText()
        let records = glance.running + glance.waiting + glance.finished
        text.add("workflows", json: try rows.list(records.map(Row.init)))
        try text.add("more", glance.more)
        return text.bytes
    }
}

extension TaskGlance {
    /// Tasks that are not over and not shown.
    var more: Int { max(0, runningCount + waitingCount - running.count - waiting.count) }
}
