import Loop
import Sessions
import Store

/// Where the log of one task reads what is no longer in memory.
struct TaskArchive: LogArchive {
    private let task: Int64
    private let store: Store

    init(of task: Int64, in store: Store) {
        self.task = task
        self.store = store
    }

    func page(from seq: UInt64, bytes: Int) async throws(LogError) -> LogBatch {
        let kept: [KeptFrames]
        do throws(StoreError) {
            kept = try await store.read { [task] db in
                try EventTable.page(of: task, from: seq, bytes: bytes, in: db)
            }
        } catch {
            throw .archive("\(error)")
        }
        return try LogBatch(kept: kept, from: seq)
    }
}
