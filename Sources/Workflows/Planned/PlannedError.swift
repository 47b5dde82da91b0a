package import Store

/// Why the backlog was not changed, or not read.
package enum PlannedError: Error, Equatable, Sendable {
    case notFound(Int64)
    /// Somebody changed it since; the version that it has now.
    case changed(version: Int)
    /// A task works on it, so its status is the task's.
    case workedOn
    /// It is done or given up, so no task is begun for it.
    case notPlanned(FeatureStatus)
    /// The field, and what it has to be.
    case invalid(field: String, String)
    /// There is no room for another.
    case full(limit: Int)
    /// No task was begun for it.
    case noTask(SubmissionError)
    case store(StoreError)

    init(_ error: StoreError) {
        if case .refused(let refusal) = error, let own = refusal.reason as? PlannedError {
            self = own
        } else {
            self = .store(error)
        }
    }
}

extension PlannedError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notFound(let id): "There is no planned feature \(id)."
        case .changed(let version):
            "Somebody has changed the feature since; it is version \(version) now. Look at it again."
        case .workedOn: "A task works on this feature. Cancel the task, or wait for its end."
        case .notPlanned(let status):
            "The feature is \(status.rawValue). Make it planned again before you start a task for it."
        case .invalid(let field, let expectation): "\(field) must be \(expectation)."
        case .full(let limit): "There are \(limit) features, which is as many as there may be. Delete some."
        case .noTask(let error): error.description
        case .store(let error): error.description
        }
    }
}
