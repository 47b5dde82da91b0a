package import Loop
package import Sessions

/// What notices that a feed's source changed: looks at it in even steps, and publishes what it sees, which the
/// feed says when it differs.
///
/// A look that fails or takes too long leaves the last value and marks it as old, and so does the watcher's own end;
/// the next look comes later then (`WatchRhythm`). Each watcher has a task and a deadline of its own, so none waits
/// for another. It ends with its session, or with its feed. Lives on its feed's loop.
package final class Watcher: SessionBody, AsyncHeld {
    private let feed: Feed
    private let source: any WatchedSource
    private var rhythm: WatchRhythm
    private var session: Session?
    private var task: Task<Void, Never>?
    private var isReplaced = false
    private let over = Waiter()
    private var isOver = false

    private init(_ feed: Feed, _ source: any WatchedSource, _ rhythm: WatchRhythm) {
        self.feed = feed
        self.source = source
        self.rhythm = rhythm
    }

    /// Begins to watch, with a first look at once.
    @discardableResult
    package static func start(
        _ feed: Feed, _ source: any WatchedSource, _ rhythm: WatchRhythm, of sessions: Sessions
    ) async -> LoopBound<Watcher> {
        await start(feed, source, rhythm, of: sessions, on: feed.home)
    }

    private static func start(
        _ feed: Feed, _ source: any WatchedSource, _ rhythm: WatchRhythm, of sessions: Sessions,
        on loop: isolated EventLoop
    ) -> LoopBound<Watcher> {
        let watcher = Watcher(feed, source, rhythm)
        let session = sessions.registry(on: loop).open(.watcher, owner: nil, body: watcher, on: loop)
        watcher.session = session
        if session.opened(on: loop) { watcher.task = Task { await watcher.watch(on: loop) } }
        return LoopBound(watcher, on: loop)
    }

    /// Ends it, and comes back when it has given everything back, or is late with it. Another then watches the feed, or
    /// the feed ends too, so it says nothing of it.
    package func replace(on loop: isolated EventLoop) async {
        isReplaced = true
        session?.end(Ending(.completed, "Not to be watched any more"), on: loop)
        if !isOver { _ = await over.wait(until: loop.now + patience + .seconds(1), on: loop) }
    }

    private func watch(on loop: isolated EventLoop) async {
        while !Task.isCancelled {
            let began = loop.now
            guard let isWell = await lookOnce(on: loop) else { break }
            rhythm.note(success: isWell)
            await loop.sleep(until: began + rhythm.pause)
        }
    }

    /// Whether it could be looked at; nil when nobody wants to know any more.
    private func lookOnce(on loop: isolated EventLoop) async -> Bool? {
        let began = loop.now
        do {
            let value = try await source.look(until: loop.now + rhythm.timeout, on: loop)
            guard !Task.isCancelled else { return nil }
            if let value {
                _ = try feed.publish(minified: try value.minified(), on: loop)
            } else {
                try feed.confirm(on: loop)
            }
            return true
        } catch FeedError.ended {
            session?.end(Ending(.completed, "Feed deleted"), on: loop)
            return nil
        } catch {
            guard !Task.isCancelled else { return nil }
            // The loop was away, and its deadline went by unseen: that says nothing of the source.
            guard loop.steadySince <= began else { return true }
            feed.markStale(reason(error), on: loop)
            return false
        }
    }

    private func reason(_ error: any Error) -> String {
        switch error {
        case OffloadError.expired: "Looking at it took longer than \(rhythm.timeout)."
        case OffloadError.overloaded: "The server had no time to look at it."
        case let error as FeedError: error.sentence
        default: "It could not be looked at: \(error)."
        }
    }

    // MARK: The session

    package var peer: String { feed.name.text }
    package var holding: Holdings { task == nil ? .none : [.task: 1] }
    package var patience: Duration { .seconds(5) }

    package func giveBackSlowly(on loop: isolated EventLoop) async {
        task?.cancel()
        await task?.value
        task = nil
    }

    /// Whoever reads the feed must know that nobody looks any more; a server that goes down tells them itself.
    package func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        session = nil
        isOver = true
        over.signal(on: loop)
        guard report.ending.reason != .serverShutdown, !isReplaced else { return }
        feed.markStale("It is not watched any more: \(report.ending.closeText).", on: loop)
    }
}
