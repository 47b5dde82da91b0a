/// Where a `stored` log keeps everything it ever said. Whoever appends to the log has put the entries there first.
package protocol LogArchive: Sendable {
    /// Consecutive entries from exactly `seq` on: at least that one, and about as many as make `bytes`. It has been
    /// appended to the log before. Ends early when its task is cancelled.
    func page(from seq: UInt64, bytes: Int) async throws(LogError) -> LogBatch
}
