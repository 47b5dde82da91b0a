package import Loop

/// What became of tasks that are over, in figures.
package struct TaskHistory: Equatable, Sendable, Encodable {
    /// In seconds, of tasks that ran.
    package struct Durations: Equatable, Sendable, Encodable {
        package var mean = 0.0
        /// At most so long took half of them, and 95 in 100.
        package var p50 = 0.0
        package var p95 = 0.0
    }

    /// Of some of the tasks.
    package struct Figures: Equatable, Sendable, Encodable {
        package var total = 0
        package var succeeded = 0
        package var failed = 0
        package var cancelled = 0
        package var tokens = 0.0
        package var cost = 0.0
        /// Of those that succeeded or failed; nil where none did.
        package var successRate: Double?
    }

    package struct Workflow: Equatable, Sendable, Encodable {
        package let workflow: String
        package var figures = Figures()
        package var durations: Durations?
    }

    package struct Day: Equatable, Sendable, Encodable {
        /// Of the day's beginning, in UTC; tasks are counted where they ended.
        package let day: Timestamp
        package var figures = Figures()
    }

    package var figures = Figures()
    package var durations: Durations?
    /// By name.
    package var byWorkflow: [Workflow] = []
    /// The oldest first; days on which no task ended are left out.
    package var byDay: [Day] = []
}

/// Which tasks history is made of. What is nil lets all through.
package struct HistoryFilter: Equatable, Sendable {
    package var statuses: Set<TaskStatus>?
    package var workflow: String?
    package var text: String?
    /// Of the time at which they ended.
    package var from: Timestamp?
    /// Not at this time any more.
    package var before: Timestamp?

    package init(
        statuses: Set<TaskStatus>? = nil, workflow: String? = nil, text: String? = nil,
        from: Timestamp? = nil,
        before: Timestamp? = nil
    ) {
        self.statuses = statuses
        self.workflow = workflow
        self.text = text
        self.from = from
        self.before = before
    }
}
