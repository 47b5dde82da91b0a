package import Feeds
import FoundationEssentials
import JSONCoding
import Loop
package import Store
import Synchronization

/// The feed `audit`: the entries of the audit trail as they are written, each once and in order.
///
/// It is told that something was written and reads it from the database, so that what is said is what is there, whoever
/// wrote it. To be stopped before the store is closed.
package final class AuditFeed: Sendable {
    private static let batch = 500

    private struct State {
        /// The newest entry that was there at the start or is said; nil before the start.
        var last: Int64?
        var hasNews = false
        var isStopped = false
        var task: Task<Void, Never>?
    }

    private let store: Store
    private let feed: Feed
    private let state = Mutex(State())

    package init(_ store: Store, saying feed: Feed) {
        self.store = store
        self.feed = feed
    }

    /// Says what is written from now on.
    package func start(hearing audit: StoredAudit) async throws(StoreError) {
        audit.tellWritten { [weak self] in self?.wrote() }
        let last = try await store.read { try AuditTable.newest(in: $0) }
        state.withLock { $0.last = last }
        wrote()
    }

    /// Waits until all that was written is said. What is written later is not.
    package func stop() async {
        let task = state.withLock { state in
            state.isStopped = true
            return state.task
        }
        await task?.value
    }

    private func wrote() {
        state.withLock { state in
            guard state.last != nil, !state.isStopped else { return }
            state.hasNews = true
            if state.task == nil { state.task = Task { await self.say() } }
        }
    }

    private func say() async {
        while let last = next() {
            // What cannot be read now is said when something is written again.
            guard
                let records = try? await store.read({ db in
                    try AuditTable.entries(after: last, limit: Self.batch, in: db)
                })
            else { continue }
            for record in records {
                guard let data = try? JSONFormat.encoder.encode(record) else { continue }
                // Refused only when the feeds have ended, and with them whoever would read it.
                _ = try? await feed.publish(minified: Array(data))
            }
            state.withLock { state in
                if let newest = records.last?.id { state.last = newest }
                if records.count == Self.batch { state.hasNews = true }
            }
        }
    }

    /// Behind which entry to go on; nil when there is nothing to say.
    private func next() -> Int64? {
        state.withLock { state in
            guard state.hasNews, let last = state.last else {
                state.task = nil
                return nil
            }
            state.hasNews = false
            return last
        }
    }
}
