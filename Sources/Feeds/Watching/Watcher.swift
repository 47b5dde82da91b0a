package import Loop
package import Sessions
import Synchronization
import Wire

/// What notices that a feed's source changed: looks at it in even steps, and publishes what it sees, which the
/// feed says when it differs.
///
/// Looking may block, so it happens on a thread of a pool that does nothing else, and a watcher has never more than
/// one thread there. A look that fails or takes too long leaves the last value and marks it as old, and so does the
/// watcher's own end. It ends with its session, or with its feed.
package final class Watcher: SessionBody, AsyncHeld {
    /// Says what the source is now, as JSON.
    package typealias Look = @Sendable () throws -> [UInt8]

    private let feed: Feed
    private let interval: Duration
    private let pool: Offload
    private let look: Look
    private let flight = Flight()
    private var session: Session?
    private var task: Task<Void, Never>?

    /// How long one look may take.
    private static let lookPatience = Duration.seconds(10)

    /// Whether a look is on its way, given up or not.
    private final class Flight: Sendable {
        private let flag = Atomic<Bool>(false)
        var isUp: Bool { flag.load(ordering: .acquiring) }
        func begin() { flag.store(true, ordering: .releasing) }
        func end() { flag.store(false, ordering: .releasing) }
    }

    private init(_ feed: Feed, every interval: Duration, in pool: Offload, _ look: @escaping Look) {
        self.feed = feed
        self.interval = interval
        self.pool = pool
        self.look = look
    }

    /// Begins to watch, with a first look at once.
    package static func start(
        _ feed: Feed, every interval: Duration, in pool: Offload, of sessions: Sessions, look: @escaping Look
    ) async {
        await start(feed, every: interval, in: pool, of: sessions, look: look, on: feed.home)
    }

    private static func start(
        _ feed: Feed, every interval: Duration, in pool: Offload, of sessions: Sessions,
        look: @escaping Look, on loop: isolated EventLoop
    ) {
        let watcher = Watcher(feed, every: interval, in: pool, look)
        let session = sessions.registry(on: loop).open(.watcher, owner: nil, body: watcher, on: loop)
        watcher.session = session
        guard session.opened(on: loop) else { return }
        watcher.task = Task { await watcher.watch(on: loop) }
    }

    private func watch(on loop: isolated EventLoop) async {
        while !Task.isCancelled {
            let began = loop.now
            guard await lookOnce(on: loop) else { break }
            await loop.sleep(until: began + interval)
        }
    }

    /// False when the feed has ended.
    private func lookOnce(on loop: isolated EventLoop) async -> Bool {
        guard !flight.isUp else {
            feed.markStale("The last look at it is not done yet.", on: loop)
            return true
        }
        do {
            let (flight, look) = (flight, look)
            var data = try await pool.run(until: loop.now + Self.lookPatience, on: loop) {
                flight.begin()
                defer { flight.end() }
                return try look()
            }
            try JSONValidator.minify(&data)
            _ = try feed.publish(minified: data, on: loop)
        } catch FeedError.ended {
            session?.end(Ending(.completed, "Feed deleted"), on: loop)
            return false
        } catch OffloadError.cancelled {
            return false
        } catch {
            feed.markStale(Self.reason(error), on: loop)
        }
        return true
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case OffloadError.expired: "Looking at it took longer than \(lookPatience)."
        case OffloadError.overloaded: "The server had no time to look at it."
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
        guard report.ending.reason != .serverShutdown else { return }
        feed.markStale("It is not watched any more: \(report.ending.closeText).", on: loop)
    }
}
