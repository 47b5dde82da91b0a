package import Configuration
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

    /// What is worth a line in the log: each is told once, and they take turns.
    package enum Turn: Sendable {
        /// Entries wait from now on.
        case stuck(StoreError)
        /// All that waited is written; so many are missing in all.
        case written(dropped: Int)
    }

    private struct State {
        var waiting: [StampedEntry] = []
        /// Dropped since the trail last said so.
        var missing = 0
        var dropped = 0
        var writer: Task<Void, Never>?
        /// The store did not take the last batch: nothing is tried but by `retry` and `flush`, for what does
        /// not work once does not work for each entry.
        var isStuck = false
        var hear: @Sendable () -> Void = {}
    }

    private let store: Store
    private let time: @Sendable () -> Timestamp
    private let tell: @Sendable (Turn) -> Void
    private let state = Mutex(State())

    package init(
        _ store: Store, time: @escaping @Sendable () -> Timestamp = { .now },
        telling tell: @escaping @Sendable (Turn) -> Void = { _ in }
    ) {
        self.store = store
        self.time = time
        self.tell = tell
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
            if !state.isStuck { startWriting(&state) }
        }
    }

    /// Comes back when everything that was recorded before is written, or cannot be.
    package func flush() async {
        let writer = state.withLock { state in
            if !state.waiting.isEmpty { startWriting(&state) }
            return state.writer
        }
        await writer?.value
    }

    /// Tries again what the store did not take.
    func retry() async {
        if state.withLock({ $0.isStuck }) { await flush() }
    }

    /// What was written, the newest first: at most `limit` entries, older than `id` where that is given.
    func entries(
        before id: Int64?, matching filter: AuditFilter, limit: Int
    ) async throws(StoreError) -> [AuditRecord] {
        try await store.read { db in
            try AuditTable.entries(matching: filter, before: id ?? .max, limit: limit, in: db)
        }
    }

    /// Has `hear` told whenever entries were written. It must not wait.
    func tellWritten(_ hear: @escaping @Sendable () -> Void) { state.withLock { $0.hear = hear } }

    /// Removes what need not be kept, the one way in which the trail gets shorter, and says so in it. In
    /// batches, so that nobody else who writes waits for longer than one of them takes; where it is stopped
    /// between two of them, the next time says what this one did not.
    package func shorten(to kept: Settings.Audit) async throws(StoreError) {
        let now = time()
        let before = kept.keep.map { Timestamp(milliseconds: now.milliseconds - $0.milliseconds) }
        var isDone = false
        while !isDone {
            isDone = try await store.write { db in
                let removed = try AuditTable.shorten(
                    before: before, keeping: kept.entries, limit: Self.batch, in: db)
                guard removed < Self.batch else { return false }
                let forgotten = try AuditTable.takeForgotten(in: db)
                if forgotten > 0 { try AuditTable.insert(.forgotten(forgotten, kept), at: now, into: db) }
                return true
            }
        }
        state.withLock { $0.hear }()
    }

    // MARK: Writing

    private func startWriting(_ state: inout State) {
        if state.writer == nil { state.writer = Task { await self.write() } }
    }

    /// Writes until nothing waits, or the store does not take it.
    private func write() async {
        while let (entries, missing) = next() {
            do throws(StoreError) {
                let now = time()
                try await store.write { db in
                    if missing > 0 { try AuditTable.insert(.missing(missing), at: now, into: db) }
                    for entry in entries { try AuditTable.insert(entry, into: db) }
                }
                state.withLock { $0.hear }()
            } catch {
                if putBack(entries, missing) { tell(.stuck(error)) }
                return
            }
        }
    }

    private func next() -> (entries: [StampedEntry], missing: Int)? {
        let (batch, turn) = state.withLock { state -> ((entries: [StampedEntry], missing: Int)?, Turn?) in
            guard !state.waiting.isEmpty else {
                defer {
                    state.writer = nil
                    state.isStuck = false
                }
                return (nil, state.isStuck ? .written(dropped: state.dropped) : nil)
            }
            let entries = Array(state.waiting.prefix(Self.batch))
            state.waiting.removeFirst(entries.count)
            defer { state.missing = 0 }
            return ((entries, state.missing), nil)
        }
        if let turn { tell(turn) }
        return batch
    }

    /// Whether that is new.
    private func putBack(_ entries: [StampedEntry], _ missing: Int) -> Bool {
        state.withLock { state in
            state.waiting.insert(contentsOf: entries, at: 0)
            state.missing += missing
            state.writer = nil
            defer { state.isStuck = true }
            return !state.isStuck
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
