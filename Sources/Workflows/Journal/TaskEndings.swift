package import Store
import Synchronization

/// What others write in the transaction that ends a task: either both are on the disk, or neither is.
package final class TaskEndings: Sendable {
    /// What it throws keeps the task from ending, so it throws only what the store does.
    package typealias Writing = @Sendable (TaskRecord, borrowing WriteConnection) throws -> Void

    private let writings = Mutex<[Writing]>([])

    package init() {}

    /// To be called before any task runs.
    package func add(_ writing: @escaping Writing) { writings.withLock { $0.append(writing) } }

    func write(_ record: TaskRecord, in db: borrowing WriteConnection) throws {
        for writing in writings.withLock({ $0 }) { try writing(record, db) }
    }
}
