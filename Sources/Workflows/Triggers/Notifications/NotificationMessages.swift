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
        /// It was refused, there were attempts for as long as there may be, or too many newer ones came.
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

/// How the deliveries to one target have gone since there is one of this name.
package struct NotificationTargetStatus: Codable, Equatable, Sendable {
    package var name: String
    package var waiting: Int
    /// How many may wait; the oldest are given up for newer ones.
    package var mostWaiting: Int
    package var delivered: Int
    /// Attempts that were in vain and are made again.
    package var retried: Int
    /// For whichever reason.
    package var givenUp: Int
    /// Those of them that were given up for newer ones.
    package var crowdedOut: Int

    package init(
        name: String, waiting: Int = 0, mostWaiting: Int, delivered: Int = 0, retried: Int = 0,
        givenUp: Int = 0,
        crowdedOut: Int = 0
    ) {
        self.name = name
        self.waiting = waiting
        self.mostWaiting = mostWaiting
        self.delivered = delivered
        self.retried = retried
        self.givenUp = givenUp
        self.crowdedOut = crowdedOut
    }
}

package struct NotificationList: Codable, Equatable, Sendable {
    package var targets: [NotificationTargetStatus]
    /// The newest first.
    package var notifications: [NotificationRecord]
}
