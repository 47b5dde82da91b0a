package import Loop
package import Sessions
package import Store
import Synchronization

/// The audit trail in the database: taken at once, written in batches, never waited for.
///
/// What comes faster than the disk can take, or while it is full, waits up to a bound; what comes then is
/// dropped and counted, and the trail itself says how many are missing. To be closed before the store is.
package final class StoredAudit: AuditTrail {
    package static let waitingLimit = 10_000
    private static let batch = 500

    private struct State {
        var waiting: [StampedEntry] = []
        /// Dropped since the trail last said so.
        var missing = 0
        var dropped = 0
        var writer: Task<Void, Never>?
    }

    private let store: Store
    private let time: @Sendable () -> Timestamp
    private let state = Mutex(State())

    package init(_ store: Store, time: @escaping @Sendable () -> Timestamp = { .now }) {
        self.store = store
        self.time = time
    }

    /// How many entries were not kept since the start.
    package var dropped: Int { state.withLock { $0.dropped } }
    package var waiting: Int { state.withLock { $0.waiting.count } }

    package func record(_ entry: AuditEntry) {
        let stamped = StampedEntry(at: time(), entry)
        state.withLock { state in
            if state.waiting.count < Self.waitingLimit {
                state.waiting.append(stamped)
            } else {
                state.missing += 1
                state.dropped += 1
            }
            if state.writer == nil { state.writer = Task { await self.write() } }
        }
    }

    /// Comes back when everything that was recorded before is written, or cannot be.
    package func flush() async {
        let writer = state.withLock { state in
            if state.writer == nil, !state.waiting.isEmpty { state.writer = Task { await self.write() } }
            return state.writer
        }
        await writer?.value
    }

    /// What was written, the newest first: at most `limit` entries, older than `id` where that is given.
    func entries(before id: Int64?, of account: String?, limit: Int) async throws(StoreError) -> [AuditRecord]
    {
        try await store.read { db in
            try AuditTable.entries(before: id ?? .max, of: account, limit: limit, in: db)
        }
    }

    /// Removes what is older; the one way in which the trail gets shorter.
    package func forget(before time: Timestamp) async throws(StoreError) {
        let milliseconds = time.milliseconds
        try await store.write { db in
            try db.run("update audit_retention set before = ?", milliseconds)
            try db.run("delete from audit where at < ?", milliseconds)
            try db.run("update audit_retention set before = 0")
        }
    }

    /// Writes until nothing waits. What the store does not take waits for the next entry to try again.
    private func write() async {
        while let (entries, missing) = next() {
            do throws(StoreError) {
                let now = time()
                try await store.write { db in
                    if missing > 0 { try AuditTable.insert(missing: missing, at: now, into: db) }
                    for entry in entries { try AuditTable.insert(entry, into: db) }
                }
            } catch {
                putBack(entries, missing)
                return
            }
        }
    }

    private func next() -> (entries: [StampedEntry], missing: Int)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.writer = nil
                return nil
            }
            let entries = Array(state.waiting.prefix(Self.batch))
            state.waiting.removeFirst(entries.count)
            defer { state.missing = 0 }
            return (entries, state.missing)
        }
    }

    private func putBack(_ entries: [StampedEntry], _ missing: Int) {
        state.withLock { state in
            state.waiting.insert(contentsOf: entries, at: 0)
            state.missing += missing
            state.writer = nil
        }
    }
}

/// An entry and when it came.
struct StampedEntry: Sendable {
    let at: Timestamp
    let entry: AuditEntry

    init(at time: Timestamp, _ entry: AuditEntry) {
        at = time
        self.entry = entry
    }
}
