import JSONCoding
import Loop
import Workflows

/// The feed `workflow-history`, and what `/api/v1/history` answers: tasks that are over, and figures of all that match.
struct HistoryBoard: Codable {
    struct Row: Codable {
        let adwId: TaskID
        let workflow: String
        let title: String
        @OrNull var owner: String?
        let status: TaskStatus
        @OrNull var reason: TaskReason?
        @OrNull var sentence: String?
        let createdAt: Timestamp
        @OrNull var startedAt: Timestamp?
        @OrNull var endedAt: Timestamp?
        /// Null where it never ran.
        @OrNull var durationSeconds: Double?
        let cost: Double
        let tokens: Double
        let phasesDone: Int
        let phasesTotal: Int
        @OrNull var retryOf: TaskID?
    }

    struct Durations: Codable {
        let mean: Double
        let p50: Double
        let p95: Double
    }

    struct Figures: Codable {
        let total: Int
        let succeeded: Int
        let failed: Int
        let cancelled: Int
        /// Of those that succeeded or failed; null where none did.
        @OrNull var successRate: Double?
        let tokens: Double
        let cost: Double
    }

    struct OfWorkflow: Codable {
        let workflow: String
        let figures: Figures
        @OrNull var durationSeconds: Durations?
    }

    struct OfDay: Codable {
        /// Its beginning, in UTC; tasks are counted where they ended.
        let day: Timestamp
        let figures: Figures
    }

    struct Analytics: Codable {
        let figures: Figures
        @OrNull var durationSeconds: Durations?
        let byWorkflow: [OfWorkflow]
        /// The oldest first, at most 90; days on which no task ended are left out.
        let byDay: [OfDay]
    }

    /// Those that ended last first.
    let workflows: [Row]
    /// How many match in all.
    let totalCount: Int
    let analytics: Analytics

    static let mostDays = 90
}

extension HistoryBoard {
    init(_ tasks: [TaskRecord], _ history: TaskHistory) {
        workflows = tasks.map(Row.init)
        totalCount = history.figures.total
        analytics = Analytics(history)
    }
}

extension HistoryBoard.Row {
    fileprivate init(_ record: TaskRecord) {
        adwId = record.id
        workflow = record.workflow
        title = record.title
        owner = record.owner
        status = record.status
        reason = record.reason
        sentence = record.sentence
        createdAt = record.createdAt
        startedAt = record.startedAt
        endedAt = record.endedAt
        if let start = record.startedAt, let end = record.endedAt {
            durationSeconds = Double(end.milliseconds - start.milliseconds) / 1000
        } else {
            durationSeconds = nil
        }
        cost = record.usage["cost"] ?? 0
        tokens = record.usage["tokens"] ?? 0
        phasesDone = record.phases.count { $0.status == .succeeded }
        phasesTotal = record.phases.count
        retryOf = record.retryOf
    }
}

extension HistoryBoard.Analytics {
    fileprivate init(_ history: TaskHistory) {
        figures = HistoryBoard.Figures(history.figures)
        durationSeconds = history.durations.map(HistoryBoard.Durations.init)
        byWorkflow = history.byWorkflow.map { one in
            HistoryBoard.OfWorkflow(
                workflow: one.workflow, figures: HistoryBoard.Figures(one.figures),
                durationSeconds: one.durations.map(HistoryBoard.Durations.init))
        }
        byDay = history.byDay.suffix(HistoryBoard.mostDays).map { one in
            HistoryBoard.OfDay(day: one.day, figures: HistoryBoard.Figures(one.figures))
        }
    }
}

extension HistoryBoard.Durations {
    fileprivate init(_ durations: TaskHistory.Durations) {
        self.init(mean: durations.mean, p50: durations.p50, p95: durations.p95)
    }
}

extension HistoryBoard.Figures {
    fileprivate init(_ figures: TaskHistory.Figures) {
        self.init(
            total: figures.total, succeeded: figures.succeeded, failed: figures.failed,
            cancelled: figures.cancelled, successRate: figures.successRate, tokens: figures.tokens,
            cost: figures.cost)
    }
}
