/// By what a request to begin a task is known again when it comes twice (`Idempotency-Key`).
package struct RequestKey: Equatable, Sendable {
    /// Whose key it is: others may have the same.
    package let owner: String?
    package let key: String
    /// The same for the same request.
    package let fingerprint: String

    package init(owner: String?, key: String, fingerprint: String) {
        self.owner = owner
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// What became of a request to begin a task.
package enum TaskSubmission: Equatable, Sendable {
    case accepted(number: Int64)
    /// It came before, and began this task.
    case repeated(TaskID)
    /// Another request came before with the same key, and began this task.
    case conflict(TaskID)
}
