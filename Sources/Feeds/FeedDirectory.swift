package import Loop
package import Sessions
import Synchronization
import Wire

/// All feeds by their names. One begins with the first value that is published to it, and ends when it is deleted.
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
    private let state = Mutex(State())

    private struct State {
        var feeds: [FeedName: Feed] = [:]
        var published = 0
        /// What waits for the copies of deleted feeds on other loops to be over.
        var leaving: [ObjectIdentifier: Task<Void, Never>] = [:]
    }

    package init(_ limits: Limits = Limits()) { self.limits = limits }

    package func feed(_ name: FeedName) -> Feed? { state.withLock { $0.feeds[name] } }

    /// In the order of their names.
    package var all: [Feed] {
        state.withLock { Array($0.feeds.values) }.sorted { $0.name.text < $1.name.text }
    }

    // MARK: Beginning and ending

    /// A feed of the server's own, which alone publishes to it.
    package func makeBuiltIn(_ name: FeedName, on home: EventLoop) -> Feed {
        guard let type = EntryType(name.usualType) else { preconditionFailure("\(name) makes no type") }
        let feed = Feed(
            name, .latest, type: type, named: name.usualType, keeping: .latest, isBuiltIn: true, on: home)
        state.withLock { state in
            precondition(state.feeds[name] == nil, "the feed \(name) is there already")
            state.feeds[name] = feed
        }
        return feed
    }

    /// The feed of that name, begun on `home` if it is not there. What is chosen must be what it has.
    package func makeFeed(
        _ name: FeedName, window: FeedWindow? = nil, type: String? = nil, on home: EventLoop
    ) throws(FeedError) -> Feed {
        guard !name.isReserved else { throw .reserved(name) }
        let typeName = type ?? name.usualType
        guard let entryType = EntryType(typeName) else { throw .badType(typeName) }
        let window = window ?? .latest
        let result: Result<Feed, FeedError> = state.withLock { state in
            if let feed = state.feeds[name] { return .success(feed) }
            guard state.published < limits.count else { return .failure(.tooMany(limit: limits.count)) }
            let feed = Feed(
                name, window, type: entryType, named: typeName, keeping: kept(by: window), isBuiltIn: false,
                on: home)
            state.feeds[name] = feed
            state.published += 1
            return .success(feed)
        }
        return try result.get()
    }

    private func kept(by window: FeedWindow) -> Window {
        switch window {
        case .latest: .latest
        case .recent: .recent(entries: limits.windowEntries, bytes: limits.windowBytes)
        }
    }

    /// Ends a feed that people publish to. Its readers get what was said, and then the ending.
    package func delete(_ name: FeedName, if condition: FeedCondition = .none) async throws(FeedError) {
        guard !name.isReserved else { throw .reserved(name) }
        guard let feed = feed(name) else { throw .unknown(name) }
        if condition != .none {
            let version = await feed.summary().version
            guard condition.allows(version) else { throw .changed(version) }
        }
        let isOurs = state.withLock { state in
            guard state.feeds[name] === feed else { return false }
            state.feeds[name] = nil
            state.published -= 1
            return true
        }
        guard isOurs else { throw .unknown(name) }
        await feed.end(Ending(.completed, "Feed deleted"))
        state.withLock { state in
            state.leaving[ObjectIdentifier(feed)] = Task {
                await feed.log.drain()
                _ = self.state.withLock { $0.leaving.removeValue(forKey: ObjectIdentifier(feed)) }
            }
        }
    }

    /// Ends all feeds, and waits until no loop is on its way to another for them.
    package func close(_ ending: Ending = Ending(.serverShutdown)) async {
        let feeds = state.withLock { state in
            defer {
                state.feeds = [:]
                state.published = 0
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
    package func publish(
        _ data: consuming [UInt8], to name: FeedName, window: FeedWindow? = nil, type: String? = nil,
        if condition: FeedCondition = .none, on loop: isolated EventLoop
    ) async throws(FeedError) -> FeedReceipt {
        guard !name.isReserved else { throw .reserved(name) }
        do throws(JSONError) {
            try JSONValidator.minify(&data)
        } catch {
            throw .badData(error)
        }
        let there = self.feed(name)
        if there == nil, !condition.allows(nil) { throw .changed(nil) }
        if let there, condition == .absent { throw .changed(await there.summary().version) }
        let feed: Feed
        if let there { feed = there } else { feed = try makeFeed(name, window: window, type: type, on: loop) }
        if let window, window != feed.window { throw .otherWindow(feed.window) }
        if let type, type != feed.type { throw .otherType(feed.type) }
        // For a publisher that wants no feed to be there the condition was met, and is not met any more.
        let rest: FeedCondition = condition == .absent ? .none : condition
        if feed.home === loop { return try feed.publish(minified: data, if: rest, on: loop) }
        return try await feed.publish(minified: data, if: rest)
    }
}
