/// Where a task stands: `pending → running → succeeded | failed | cancelled`, and from `pending` straight to one of
/// the last two. A task reaches exactly one of the last three, and stays there.
package enum TaskStatus: String, Codable, CaseIterable, Sendable {
    case pending = "PENDING"
    case running = "RUNNING"
    case succeeded = "SUCCEEDED"
    case failed = "FAILED"
    case cancelled = "CANCELLED"

    package var isOver: Bool { self != .pending && self != .running }
}

/// Why a task is over, for programs; the sentence beside it is for people.
package enum TaskReason: String, Codable, CaseIterable, Sendable {
    /// Every phase succeeded, was skipped, or was allowed to fail.
    case completed
    case phaseFailed = "phase_failed"
    /// It took as long as it may.
    case deadline
    case cancelled
    /// The server ended while it ran.
    case interrupted
    /// A phase could not be begun: no such program or folder, no more processes.
    case cannotStart = "cannot_start"
    /// Its workflow is no longer defined, or not as the task needs it.
    case noWorkflow = "no_workflow"
    /// Nothing ran, nothing was ready, and it was not finished: a defect of ours, named instead of waited for.
    case stuck
    /// What it said could not be stored.
    case notStored = "not_stored"
}

/// How a task ended.
package struct TaskOutcome: Equatable, Sendable {
    package let status: TaskStatus
    package let reason: TaskReason
    package let sentence: String

    package init(_ status: TaskStatus, _ reason: TaskReason, _ sentence: String) {
        precondition(status.isOver)
        self.status = status
        self.reason = reason
        self.sentence = sentence
    }
}
