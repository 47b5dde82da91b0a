package import Loop
package import Sessions
import Synchronization
import Wire

/// All feeds by their names. One begins with the first value that is published to it, and ends when it is deleted.
///
/// Numbers never come back: a feed begins behind all that was said by any that was deleted before, and the
/// directory where its owner says, behind all of the server's earlier lives (`FeedOrigin`). So a number alone
/// says which entry of which life of a feed is meant.
package final class FeedDirectory: Sendable {
    package struct Limits: Sendable {
        /// Feeds that people may publish to.
        package var count = 1000
        /// What a `recent` one keeps.
        package var windowEntries = 1024
        package var windowBytes = 1 << 20
        package init() {}
    }

    private let limits: Limits
    private let keeper: (any FeedKeeper)?
    private let state: Mutex<State>

    private struct State {
        var feeds: [FeedName: Feed] = [:]
        var published = 0
        /// The first number of a feed that begins now.
        var origin: UInt64
        var isClosed = false
        /// What waits for the copies of deleted feeds on other loops to be over.
        var leaving: [ObjectIdentifier: Task<Void, Never>] = [:]
    }

    package init(
        _ limits: Limits = Limits(), startingAt origin: UInt64 = 1, keptBy keeper: (any FeedKeeper)? = nil
    ) {
        self.limits = limits
        self.keeper = keeper
        state = Mutex(State(origin: origin))
    }

    package func feed(_ name: FeedName) -> Feed? { state.withLock { $0.feeds[name] } }

    /// In the order of their names.
    package var all: [Feed] {
        state.withLock { Array($0.feeds.values) }.sorted { $0.name.text < $1.name.text }
    }

    // MARK: Beginning

    /// A feed of the server's own, which alone publishes to it.
    package func makeBuiltIn(
        _ name: FeedName, window: FeedWindow = .latest, on home: EventLoop
    ) -> Feed {
        guard let type = EntryType(name.usualType) else { preconditionFailure("\(name) makes no type") }
        return state.withLock { state in
            precondition(state.feeds[name] == nil, "the feed \(name) is there already")
            let feed = Feed(
                name, window, type: type, named: name.usualType, keeping: kept(by: window), by: .server,
                startingAt: state.origin, on: home)
            state.feeds[name] = feed
            return feed
        }
    }

    /// A feed that a watcher publishes to; nil where there is one of that name already.
    ///
    /// - Parameter type: nil: its name's usual type.
    package func makeWatched(
        _ name: FeedName, type: String?, on home: EventLoop
    ) throws(FeedError) -> Feed? {
        guard !name.isReserved else { throw .reserved(name) }
        let typeName = type ?? name.usualType
        let type = try FeedType.entryType(typeName)
        return state.withLock { state -> Feed? in
            guard !state.isClosed, state.feeds[name] == nil else { return nil }
            let feed = Feed(
                name, .latest, type: type, named: typeName, keeping: .latest, by: .watcher,
                startingAt: state.origin, on: home)
            state.feeds[name] = feed
            return feed
        }
    }

    /// Ends a feed that a watcher published to.
    package func removeWatched(_ feed: Feed) async {
        precondition(feed.publisher == .watcher, "\(feed.name) is not watched")
        // It may have ended with the server.
        _ = try? await remove(feed, on: feed.home)
    }

    /// The feed of that name, begun on `home` if it is not there, with what is chosen for it.
    package func makeFeed(
        _ name: FeedName, window: FeedWindow? = nil, type: String? = nil, terms: FeedTerms = FeedTerms(),
        on home: isolated EventLoop
    ) throws(FeedError) -> (feed: Feed, isNew: Bool) {
        guard !name.isReserved else { throw .reserved(name) }
        if let feed = feed(name) { return (feed, false) }
        let typeName = type ?? name.usualType
        let entryType = try FeedType.entryType(typeName)
        let window = window ?? .latest
        let result: Result<(feed: Feed, isNew: Bool), FeedError> = state.withLock { state in
            if let feed = state.feeds[name] { return .success((feed, false)) }
            guard !state.isClosed else { return .failure(.ended) }
            guard state.published < limits.count else { return .failure(.tooMany(limit: limits.count)) }
            let feed = Feed(
                name, window, type: entryType, named: typeName, keeping: kept(by: window), by: .people,
                terms: terms, startingAt: state.origin, keptBy: keeper, on: home)
            state.feeds[name] = feed
            state.published += 1
            return .success((feed, true))
        }
        let (feed, isNew) = try result.get()
        if isNew { watchLifetime(of: feed, on: home) }
        return (feed, isNew)
    }

    /// A feed that was kept, as it was, where its name is free. It counts as one that people publish to, and begins
    /// also where there are more of them than may be.
    ///
    /// - Returns: nil where the name is taken.
    package func restore(_ kept: KeptFeed, on home: isolated EventLoop) throws(FeedError) -> Feed? {
        let type = try FeedType.entryType(kept.type)
        guard !kept.name.isReserved else { return nil }
        let terms = FeedTerms(keep: true, lifetime: kept.lifetime)
        let cut = tooLarge(kept)
        let feed = state.withLock { state -> Feed? in
            guard !state.isClosed, state.feeds[kept.name] == nil else { return nil }
            let feed = Feed(
                kept.name, kept.window, type: type, named: kept.type, keeping: self.kept(by: kept.window),
                by: .people, terms: terms, startingAt: kept.first.map { $0 + UInt64(cut) } ?? state.origin,
                keptBy: keeper, on: home)
            state.feeds[kept.name] = feed
            state.published += 1
            return feed
        }
        guard let feed else { return nil }
        for entry in kept.entries.dropFirst(cut) {
            do throws(LogError) { try feed.recall(entry.data, of: entry.time, on: home) } catch { break }
        }
        watchLifetime(of: feed, on: home)
        return feed
    }

    /// How many entries at the beginning are left out, since the last of them is larger than a feed may keep by now.
    private func tooLarge(_ kept: KeptFeed) -> Int {
        guard kept.window == .recent else { return 0 }
        // Beside the data an entry has its type and the members around it.
        let most = limits.windowBytes - kept.type.utf8.count - 128
        return kept.entries.lastIndex { $0.data.count > most }.map { $0 + 1 } ?? 0
    }

    private func watchLifetime(of feed: Feed, on loop: isolated EventLoop) {
        feed.expire(
            by: { [weak self] feed, loop in
                // It may have ended meanwhile.
                try? self?.remove(feed, with: Ending(.completed, "Feed expired"), on: loop)
            }, on: loop)
    }

    private func kept(by window: FeedWindow) -> Window {
        switch window {
        case .latest: .latest
        case .recent: .recent(entries: limits.windowEntries, bytes: limits.windowBytes)
        }
    }

    // MARK: Ending

    /// Ends a feed that people publish to. Its readers get what was said, and then the ending.
    package func delete(_ name: FeedName, if condition: FeedCondition = .none) async throws(FeedError) {
        guard !name.isReserved else { throw .reserved(name) }
        guard let feed = feed(name) else { throw .unknown(name) }
        guard feed.publisher == .people else { throw .watched(name) }
        do throws(FeedError) {
            try await remove(feed, if: condition, on: feed.home)
        } catch .ended {
            throw .unknown(name)
        }
    }

    /// That the condition is met, that the feed ends and that its name is free are one step of its loop: nothing is
    /// published in between, and whoever comes to it later finds it ended and gone.
    private func remove(
        _ feed: Feed, with ending: Ending = Ending(.completed, "Feed deleted"),
        if condition: FeedCondition = .none, on loop: isolated EventLoop
    ) throws(FeedError) {
        let last = try feed.end(ending, if: condition, on: loop)
        if feed.terms.keep { keeper?.ended(feed) }
        let id = ObjectIdentifier(feed)
        state.withLock { state in
            guard state.feeds[feed.name] === feed else { return }
            state.feeds[feed.name] = nil
            if feed.publisher == .people { state.published -= 1 }
            // One number is left out, so that not even a feed that has said nothing yet has one of its forerunner's.
            state.origin = max(state.origin, last + 2)
            state.leaving[id] = Task {
                await feed.log.drain()
                _ = self.state.withLock { $0.leaving.removeValue(forKey: id) }
            }
        }
    }

    /// Ends all feeds, and waits until no loop is on its way to another for them.
    package func close(_ ending: Ending = Ending(.serverShutdown)) async {
        let feeds = state.withLock { state in
            defer {
                state.feeds = [:]
                state.published = 0
                state.isClosed = true
            }
            return Array(state.feeds.values)
        }
        for feed in feeds { await feed.end(ending) }
        for feed in feeds { await feed.log.drain() }
        while let task = state.withLock({ $0.leaving.values.first }) { await task.value }
    }

    // MARK: Publishing

    /// Says `data` on the feed of that name, which begins with it if it is not there, on the loop of whoever asks.
    ///
    /// - Parameters:
    ///   - data: JSON; checked here.
    ///   - window: nil: whatever the feed has, or `latest` for a new one.
    ///   - type: nil: whatever the feed has, or its name's usual type.
    ///   - keep: nil: whatever the feed has, or `usuallyKept` for a new one.
    ///   - lifetime: nil: whatever the feed has, or none for a new one.
    package func publish(
        _ data: consuming [UInt8], to name: FeedName, window: FeedWindow? = nil, type: String? = nil,
        keep: Bool? = nil, usuallyKept: Bool = false, lifetime: Duration? = nil,
        if condition: FeedCondition = .none, on loop: isolated EventLoop
    ) async throws(FeedError) -> FeedReceipt {
        do throws(JSONError) {
            try JSONValidator.minify(&data)
        } catch {
            throw .badData(error)
        }
        while true {
            guard condition.allows(nil) || feed(name) != nil else { throw .changed(nil) }
            let terms = FeedTerms(keep: keep ?? usuallyKept, lifetime: lifetime)
            let (feed, isNew) = try makeFeed(name, window: window, type: type, terms: terms, on: loop)
            if isNew { return try begin(feed, with: data, if: condition, on: loop) }
            guard feed.publisher == .people else { throw .watched(name) }
            if condition == .absent { throw .changed(await feed.head()) }
            try feed.check(window: window, type: type, keep: keep, lifetime: lifetime)
            do throws(FeedError) {
                if feed.home === loop { return try feed.publish(minified: data, if: condition, on: loop) }
                return try await feed.publish(minified: data, if: condition)
            } catch .ended {
                // It was deleted between being found and being reached: then what holds for no feed holds.
                continue
            }
        }
    }

    /// Says the first value of a feed that was just made on this loop, where nobody can have come to it yet. One
    /// that it cannot take leaves no feed behind.
    private func begin(
        _ feed: Feed, with data: [UInt8], if condition: FeedCondition, on loop: isolated EventLoop
    ) throws(FeedError) -> FeedReceipt {
        do throws(FeedError) {
            guard condition.allows(nil) else { throw .changed(nil) }
            return try feed.publish(minified: data, on: loop)
        } catch {
            try remove(feed, on: loop)
            throw error
        }
    }
}
