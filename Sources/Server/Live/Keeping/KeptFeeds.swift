package import Feeds
import JSONCoding
package import Loop
import Sessions
package import Store
import Synchronization
import Wire

/// Keeps in the database what feeds say that are to outlive the server: written behind what they say, all together at
/// most every 100 ms, and never waited for.
///
/// Who ends the server closes it after the feeds have ended and before the store does. Only when that has written
/// down everything do the numbers of the feeds go on in the next life; else some that readers know may be missing, and
/// the feeds begin anew with what was kept.
package final class KeptFeeds: FeedKeeper {
    private static let pause = Duration.milliseconds(100)
    private static let pauseAfterFailure = Duration.seconds(1)
    /// As many entries of one feed go into one write.
    private static let batch = 1000

    private struct State {
        /// The kept feed of each name; one that ended is in it until that is written.
        var feeds: [FeedName: Kept] = [:]
        var dirty: Set<FeedName> = []
        var writer: Task<Void, Never>?
        /// The writer's pause, which the end of the server cuts short.
        var nap: Task<Void, Never>?
        var isStuck = false
        var isClosed = false
    }

    private struct Kept {
        let feed: Feed
        /// The newest entry that is written; nil where the name's rows are another feed's.
        var written: UInt64?
        var hasEnded = false
    }

    private let store: Store
    private let tell: @Sendable (StoreError?) -> Void
    private let state = Mutex(State())

    /// - Parameter tell: is told when the feeds cannot be written, and with nil when they can be again.
    package init(_ store: Store, telling tell: @escaping @Sendable (StoreError?) -> Void = { _ in }) {
        self.store = store
        self.tell = tell
    }

    deinit {
        precondition(state.withLock { $0.isClosed || $0.feeds.isEmpty }, "the kept feeds were not closed")
    }

    // MARK: What feeds tell

    package func changed(_ feed: Feed) {
        state.withLock { state in
            if state.feeds[feed.name]?.feed !== feed { state.feeds[feed.name] = Kept(feed: feed) }
            state.dirty.insert(feed.name)
            startWriting(&state)
        }
    }

    package func ended(_ feed: Feed) {
        state.withLock { state in
            // One that has said nothing yet has nothing to be removed but a forerunner's rows.
            if state.feeds[feed.name]?.feed !== feed { state.feeds[feed.name] = Kept(feed: feed) }
            state.feeds[feed.name]?.hasEnded = true
            state.dirty.insert(feed.name)
            startWriting(&state)
        }
    }

    // MARK: Starting

    /// Begins the feeds that the last life has left, where their names are free. One that cannot be read is left
    /// out and told.
    package func restore(into directory: FeedDirectory, on loops: [EventLoop]) async throws(StoreError) {
        let (heads, isWhole) = try await store.write { try KeptFeedTable.begin(in: $0) }
        for (index, head) in heads.enumerated() {
            let entries = try await store.read { try KeptFeedTable.entries(of: head.name, in: $0) }
            guard let kept = Self.kept(head, entries, isWhole: isWhole) else { continue }
            await restore(kept, into: directory, on: loops[index % loops.count])
        }
    }

    private func restore(
        _ kept: KeptFeed, into directory: FeedDirectory, on loop: isolated EventLoop
    ) async {
        // A type that is reserved by now, or a name that is, is nobody's to begin.
        guard let feed = try? directory.restore(kept, on: loop) else { return }
        let written = kept.first.map { $0 + UInt64(kept.entries.count) - 1 }
        state.withLock { state in
            state.feeds[feed.name] = Kept(feed: feed, written: written)
            if written == nil {
                state.dirty.insert(feed.name)
                startWriting(&state)
            }
        }
    }

    /// The last entries that follow one another.
    private static func kept(
        _ head: KeptFeedTable.Head, _ entries: [(seq: UInt64, message: [UInt8])], isWhole: Bool
    ) -> KeptFeed? {
        guard let name = FeedName(head.name), let window = FeedWindow(rawValue: head.window) else {
            return nil
        }
        var last: [(data: [UInt8], time: Timestamp)] = []
        var first: UInt64?
        for entry in entries.reversed() {
            guard first == nil || entry.seq + 1 == first, let object = JSONObject(minified: entry.message),
                let data = object["data"], let time = object.text("ts").flatMap(Timestamp.init(rfc3339:))
            else { break }
            last.append((Array(data), time))
            first = entry.seq
        }
        guard let first else { return nil }
        return KeptFeed(
            name, window, type: head.type, lifetime: head.lifetime, entries: last.reversed(),
            startingAt: isWhole ? first : nil)
    }

    // MARK: Writing

    private func startWriting(_ state: inout State) {
        if state.writer == nil, !state.isClosed { state.writer = Task { await self.write() } }
    }

    /// Writes until nothing is new, with pauses, so that what is said meanwhile goes together.
    private func write() async {
        while true {
            let isWell = await writeOnce()
            await rest(for: isWell ? Self.pause : Self.pauseAfterFailure)
            let isDone = state.withLock { state in
                guard state.dirty.isEmpty || state.isClosed else { return false }
                state.writer = nil
                return true
            }
            if isDone { return }
        }
    }

    private func rest(for span: Duration) async {
        let nap = state.withLock { state -> Task<Void, Never>? in
            guard !state.isClosed else { return nil }
            let nap = Task { _ = try? await Task.sleep(for: span) }
            state.nap = nap
            return nap
        }
        await nap?.value
    }

    /// Writes what is new of all feeds in one transaction.
    private func writeOnce() async -> Bool {
        let dirty = state.withLock { state in
            defer { state.dirty = [] }
            return state.dirty.compactMap { name in state.feeds[name].map { (name, $0) } }
        }
        var changes: [(Kept, KeptFeedTable.Change?)] = []
        for (_, kept) in dirty { changes.append((kept, kept.hasEnded ? nil : await change(of: kept))) }
        do throws(StoreError) {
            let all = changes.map { (name: $0.0.feed.name.text, change: $0.1) }
            try await store.write { db in
                for (name, change) in all {
                    if let change {
                        try KeptFeedTable.write(change, in: db)
                    } else {
                        try KeptFeedTable.remove(name, in: db)
                    }
                }
            }
        } catch {
            let isNew = state.withLock { state in
                state.dirty.formUnion(dirty.map(\.0))
                defer { state.isStuck = true }
                return !state.isStuck
            }
            if isNew { tell(error) }
            return false
        }
        for (kept, change) in changes { note(kept, change) }
        let isAgain = state.withLock { state in
            defer { state.isStuck = false }
            return state.isStuck
        }
        if isAgain { tell(nil) }
        return true
    }

    private func change(of kept: Kept) async -> KeptFeedTable.Change {
        let feed = kept.feed
        let after = feed.window == .latest ? nil : kept.written ?? 0
        let glimpse = await feed.glimpse(after: after, limit: feed.window == .latest ? 1 : Self.batch)
        let entries = glimpse.messages.compactMap { message in
            JSONObject(minified: message)?.number("seq").map { (seq: $0, message: message) }
        }
        return KeptFeedTable.Change(
            name: feed.name.text, window: feed.window, type: feed.type, lifetime: feed.terms.lifetime,
            isAnother: kept.written == nil, oldest: glimpse.oldest, entries: entries)
    }

    /// Remembers what is written; what was said meanwhile, or did not fit, is next.
    private func note(_ kept: Kept, _ change: KeptFeedTable.Change?) {
        state.withLock { state in
            guard let now = state.feeds[kept.feed.name], now.feed === kept.feed else { return }
            guard let change else {
                state.feeds[kept.feed.name] = nil
                return
            }
            state.feeds[kept.feed.name]?.written = change.entries.last?.seq ?? kept.written
            if change.entries.count == Self.batch { state.dirty.insert(kept.feed.name) }
        }
    }

    // MARK: Ending

    /// Writes what is left. Nothing may be said any more.
    package func close() async {
        let writer = state.withLock { state in
            state.isClosed = true
            state.nap?.cancel()
            return state.writer
        }
        await writer?.value
        while state.withLock({ !$0.dirty.isEmpty }) {
            guard await writeOnce() else { return }
        }
        do throws(StoreError) {
            try await store.write { try KeptFeedTable.end(in: $0) }
        } catch {
            tell(error)
        }
    }
}
