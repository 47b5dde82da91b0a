import Loop
import Store

extension TaskJournal {
    /// Writes rows, again and again where that may help, with longer and longer pauses.
    func store(
        _ rows: [JournalRow], on loop: isolated EventLoop
    ) async -> Result<JournalRow.Written, StoreError> {
        let end = loop.now + Self.retrying
        var pause = Duration.milliseconds(20)
        while true {
            do throws(StoreError) {
                let (task, time, endings) = (task, Timestamp.now, endings)
                // At least a moment, so that what is said last is tried once.
                let timeout = max(.milliseconds(100), min(.seconds(10), retryEnd - loop.now))
                return .success(
                    try await store.write(timeout: timeout) {
                        try JournalRow.write(rows, of: task, at: time, addingTo: endings, into: $0)
                    })
            } catch {
                guard error.mayPass, loop.now + pause < min(end, retryEnd) else { return .failure(error) }
            }
            await loop.sleep(until: loop.now + pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}

extension StoreError {
    /// The same write may work a little later.
    fileprivate var mayPass: Bool {
        switch self {
        case .diskFull, .busy, .interrupted, .readOnly, .system, .failed: true
        default: false
        }
    }
}
