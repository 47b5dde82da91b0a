package import Wire

/// Where a `stored` log keeps everything it ever said.
package protocol LogArchive: Sendable {
    /// Keeps an entry. Called once for each, in order, on the log's loop; returns at once.
    func keep(_ seq: UInt64, _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer)

    /// Consecutive entries from exactly `seq` on: at least that one, and about as many as make `bytes`. It was
    /// given to `keep` before, though perhaps not written yet: then this waits for it. Ends early when its task
    /// is cancelled.
    func page(from seq: UInt64, bytes: Int) async throws(LogError) -> LogBatch
}
