package import JSONCoding
package import Loop

/// Everything that is known about a task, as it is stored, answered by REST, and said by `state` messages.
package struct TaskRecord: Codable, Equatable, Sendable, Identifiable {
    /// Who or what asked for it.
    package enum Origin: String, Codable, CaseIterable, Sendable {
        case person, webhook, schedule, feature
    }

    package let id: TaskID
    package let workflow: String
    package var title: String
    package var requirement: String
    package var inputs: [String: InputValue]
    package var priority: Int
    package var testMode: Bool
    /// In seconds, from its start.
    package var maxDuration: Double
    package var origin: Origin
    /// The account that asked for it.
    @OrNull package var owner: String?
    /// The task that this one does again.
    @OrNull package var retryOf: TaskID?

    package var status: TaskStatus
    @OrNull package var reason: TaskReason?
    /// How it ended, for people.
    @OrNull package var sentence: String?
    package let createdAt: Timestamp
    @OrNull package var startedAt: Timestamp?
    @OrNull package var endedAt: Timestamp?
    /// Somebody has asked for its end.
    package var isCancelling: Bool
    /// How many processes had to be killed to end it.
    package var killed: Int
    package var phases: [PhaseRecord]
    /// What its phases said they used, added up: `tokens`, `cost` and what else they name.
    package var usage: [String: Double]

    /// The phase that runs, or ran last; the first of them where several do.
    package var phase: String? {
        (phases.first { $0.status == .running } ?? phases.last { $0.endedAt != nil })?.name
    }

    package init(
        id: TaskID, workflow: String, title: String, requirement: String, inputs: [String: InputValue],
        priority: Int, testMode: Bool, maxDuration: Double, origin: Origin, owner: String?, retryOf: TaskID?,
        phases: [PhaseRecord], createdAt: Timestamp
    ) {
        self.id = id
        self.workflow = workflow
        self.title = title
        self.requirement = requirement
        self.inputs = inputs
        self.priority = priority
        self.testMode = testMode
        self.maxDuration = maxDuration
        self.origin = origin
        self.owner = owner
        self.retryOf = retryOf
        self.phases = phases
        self.createdAt = createdAt
        status = .pending
        isCancelling = false
        killed = 0
        usage = [:]
    }
}
