package import Store

/// Why something about a task cannot be done. The sentence says what would help.
package enum TaskError: Error, Equatable, Sendable {
    case noTask(TaskID)
    case noWorkflow(String, known: [String])
    /// An input or another part of the request is not as the workflow wants it.
    case badRequest(String)
    /// The same idempotency key came with another request before.
    case otherRequest(TaskID)
    /// It is over, or not yet, or does not wait: what was asked for does not go with where it stands.
    case notNow(String)
    /// As many tasks wait as may.
    case tooMany(limit: Int)
    /// The server goes down.
    case closing
    case store(StoreError)

    package var sentence: String {
        switch self {
        case .noTask(let id): "There is no task \(id)."
        case .noWorkflow(let name, let known):
            "There is no workflow \"\(name)\"; "
                + (known.isEmpty
                    ? "there are none: put a definition into the folder of the workflows."
                    : "there are \(known.joined(separator: ", ")).")
        case .badRequest(let sentence), .notNow(let sentence): sentence
        case .otherRequest(let id):
            "This Idempotency-Key came with another request before, which made the task \(id); use a new key."
        case .tooMany(let limit): "\(limit) tasks wait already, which is as many as may; come again later."
        case .closing: "The server is shutting down."
        case .store(let error): "\(error)"
        }
    }
}
