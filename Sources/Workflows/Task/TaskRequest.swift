/// What somebody asks to be done.
package struct TaskRequest: Sendable, Equatable {
    package var workflow: String
    package var requirement: String
    /// As given; settled by the workflow.
    package var inputs: [String: InputValue]
    package var title: String?
    package var priority: Int
    package var testMode: Bool
    /// In seconds; nil: what the workflow or the configuration says.
    package var maxDuration: Double?
    package var origin: TaskRecord.Origin
    package var owner: String?
    /// The same key from the same person means the same task.
    package var idempotencyKey: String?
    /// The task to be done again, and the phase to begin with: what it does not stand behind is taken over.
    package var retryOf: TaskID?
    package var startingAt: String?

    package init(
        workflow: String, requirement: String = "", inputs: [String: InputValue] = [:], title: String? = nil,
        priority: Int = 0, testMode: Bool = false, maxDuration: Double? = nil,
        origin: TaskRecord.Origin = .person, owner: String? = nil, idempotencyKey: String? = nil
    ) {
        self.workflow = workflow
        self.requirement = requirement
        self.inputs = inputs
        self.title = title
        self.priority = priority
        self.testMode = testMode
        self.maxDuration = maxDuration
        self.origin = origin
        self.owner = owner
        self.idempotencyKey = idempotencyKey
    }

    /// In bytes.
    package static let longestRequirement = 96 << 10
    package static let longestTitle = 200
    package static let longestKey = 200
    package static let priorities = -100...100
}
