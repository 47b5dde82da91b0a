/// Why the tables of tasks refuse what was asked: it comes as the reason of `StoreError.refused`.
package enum TaskStorageError: Error, Equatable, Sendable, CustomStringConvertible {
    case noTask
    /// What is stored of a task cannot be read.
    case damaged(String)
    /// A figure of the task is no number.
    case notEncodable(String)

    package var description: String {
        switch self {
        case .noTask: "There is no such task."
        case .damaged(let detail): "What is stored of the task cannot be read: \(detail)."
        case .notEncodable(let detail): "The task cannot be stored: \(detail)."
        }
    }
}
