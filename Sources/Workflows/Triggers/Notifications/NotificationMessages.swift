package import JSONCoding
package import Loop

/// What is posted to a target when a task is over.
package struct TaskNotice: Codable, Equatable, Sendable {
    /// `task.succeeded`, `task.failed` or `task.cancelled`.
    package var event: String
    /// The same in every attempt, so that who was told twice can know.
    package var delivery: String
    package var createdAt: Timestamp
    package var task: TaskSummary

    /// The task without what may be large or is nobody else's business: requirement and inputs.
    package struct TaskSummary: Codable, Equatable, Sendable {
        package var id: TaskID
        package var workflow: String
        package var title: String
        package var status: TaskStatus
        @OrNull package var reason: TaskReason?
        @OrNull package var sentence: String?
        package var origin: TaskRecord.Origin
        @OrNull package var owner: String?
        package var createdAt: Timestamp
        @OrNull package var startedAt: Timestamp?
        @OrNull package var endedAt: Timestamp?
        package var usage: [String: Double]
    }

    init(of task: TaskRecord, delivery: String, at time: Timestamp) {
        event = "task.\(task.status.rawValue.lowercased())"
        self.delivery = delivery
        createdAt = time
        self.task = TaskSummary(
            id: task.id, workflow: task.workflow, title: task.title, status: task.status,
            reason: task.reason, sentence: task.sentence, origin: task.origin, owner: task.owner,
            createdAt: task.createdAt, startedAt: task.startedAt, endedAt: task.endedAt, usage: task.usage)
    }
}

/// A notification as it stands in the outbox.
package struct NotificationRecord: Codable, Equatable, Sendable {
    package enum State: String, Codable, CaseIterable, Sendable {
        case pending, delivered
        /// It was refused, or there were attempts for as long as there may be.
        case undeliverable
    }

    package var delivery: String
    package var target: String
    package var taskId: String
    package var state: State
    package var attempts: Int
    package var createdAt: Timestamp
    @OrNull package var nextAt: Timestamp?
    /// What was wrong with the last attempt.
    @OrNull package var problem: String?
}

package struct NotificationList: Codable, Equatable, Sendable {
    /// The newest first.
    package var notifications: [NotificationRecord]
}
