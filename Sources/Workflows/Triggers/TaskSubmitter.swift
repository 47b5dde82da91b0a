/// What triggers and planned features need of whoever runs tasks.
package protocol TaskSubmitter: Sendable {
    /// What must not be stored of that which triggers and features bring.
    var secrets: SecretPatterns { get }

    /// Begins the task that is wanted, and comes back when that is stored. The same key again begins nothing: it
    /// answers the task that the first one began.
    func submit(_ wanted: WantedTask) async throws(SubmissionError) -> TaskRecord

    /// Nil where there is none of that name, or no longer.
    func task(_ id: TaskID) async throws(SubmissionError) -> TaskRecord?
}

/// A task as a trigger wants it. Stored before it is submitted, so that a restart in between forgets nothing; its key
/// sees to it that nothing is begun twice.
package struct WantedTask: Codable, Equatable, Sendable {
    /// Names this wish among all that were ever stored: `webhook-17`, `feature-3-2`.
    package let key: String
    package var workflow: String
    package var requirement: String
    package var inputs: [String: InputValue]
    package var priority: Int
    package var origin: TaskRecord.Origin
    /// The account on whose behalf it is.
    package var owner: String?

    package init(
        key: String, workflow: String, requirement: String = "", inputs: [String: InputValue] = [:],
        priority: Int = 0, origin: TaskRecord.Origin, owner: String? = nil
    ) {
        self.key = key
        self.workflow = workflow
        self.requirement = requirement
        self.inputs = inputs
        self.priority = priority
        self.origin = origin
        self.owner = owner
    }
}

/// Why no task was begun; a sentence says what to mend.
package enum SubmissionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It would be refused again: no such workflow, inputs that do not fit.
    case refused(String)
    /// Not now, but perhaps later. Nothing was begun.
    case unavailable(String)

    package var description: String {
        switch self {
        case .refused(let sentence), .unavailable(let sentence): sentence
        }
    }
}
