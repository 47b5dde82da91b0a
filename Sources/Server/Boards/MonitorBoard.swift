import JSONCoding
import Loop
import Workflows

/// The feed `adw-monitor`: how the tasks are that have begun.
struct MonitorBoard: Codable {
    struct Row: Codable, Equatable, Identifiable {
        let adwId: TaskID
        let workflow: String
        let title: String
        let status: TaskStatus
        @OrNull var phase: String?
        /// In hundredths.
        let progress: Int
        let phasesDone: Int
        let phasesTotal: Int
        @OrNull var startedAt: Timestamp?
        /// Since its start, in steps of ten seconds.
        let durationSeconds: Int
        let cost: Double
        let tokens: Double
        @OrNull var lastError: String?
        /// Somebody has asked for its end.
        let isCancelling: Bool
        /// The kernel has a process of one of its phases.
        let isProcessActive: Bool
        /// `running`, `silent for N s`, `waiting for input` or `flooding`; null where there is no process.
        @OrNull var activity: String?

        var id: TaskID { adwId }

        init(_ record: TaskRecord, _ activity: TaskActivity, at now: Timestamp) {
            adwId = record.id
            workflow = record.workflow
            title = record.title
            status = record.status
            phase = record.phase
            progress = record.progress
            phasesDone = record.phasesDone
            phasesTotal = record.phases.count
            startedAt = record.startedAt
            let span = record.startedAt.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
            durationSeconds = Int(span / Self.step * Self.step / 1000)
            cost = record.usage["cost"] ?? 0
            tokens = record.usage["tokens"] ?? 0
            lastError = record.lastError
            isCancelling = record.isCancelling
            isProcessActive = activity.isProcessActive
            self.activity = activity.text
        }

        /// In milliseconds.
        private static let step: Int64 = 10_000
    }

    struct Summary: Codable, Equatable {
        var running = 0
        var waiting = 0
        /// Since the server's start.
        var succeeded = 0
        var failed = 0
        var cancelled = 0
    }

    let summary: Summary
    /// Those that have begun, the oldest first.
    let workflows: [Row]
    /// Tasks that have begun and are not among them.
    let more: Int

    static func bytes(
        of glance: TaskGlance, _ activities: [TaskID: TaskActivity], ended: Summary,
        _ rows: inout BoardRows<Row>
    ) throws -> [UInt8] {
        var summary = ended
        summary.running = glance.runningCount
        summary.waiting = glance.waitingCount
        let now = Timestamp.now
        let shown = glance.running.map { Row($0, activities[$0.id] ?? TaskActivity(), at: now) }
        var text = BoardText()
        try text.add("summary", summary)
        text.add("workflows", json: try rows.list(shown))
        try text.add("more", glance.runningCount - glance.running.count)
        return text.bytes
    }
}

extension MonitorBoard.Summary {
    mutating func count(_ status: TaskStatus) {
        switch status {
        case .succeeded: succeeded += 1
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        case .pending, .running: break
        }
    }
}
