import Configuration
import Feeds
import Loop
import Sessions
import Synchronization
import Transport

/// The feeds that the configuration asks for: each with its watcher, as the settings last read say. The watchers end
/// with the sessions of the server.
actor FeedWatches {
    private struct Running {
        let setting: Settings.Watch
        let feed: Feed
        let watcher: LoopBound<Watcher>
    }

    private let directory: FeedDirectory
    private let sessions: Sessions
    private let loops: [EventLoop]
    private let pool: Offload
    private let web: WebAccess
    private let tell: @Sendable (_ feed: String, _ reason: String) -> Void
    private var running: [String: Running] = [:]
    private var started = 0

    /// - Parameters:
    ///   - pool: for what blocks; as many of its threads as there are may hang before others are held up.
    ///   - tell: is told of a feed that cannot be watched, and why.
    init(
        _ directory: FeedDirectory, of sessions: Sessions, on loops: [EventLoop], pool: Offload,
        web: WebAccess, telling tell: @escaping @Sendable (_ feed: String, _ reason: String) -> Void
    ) {
        self.directory = directory
        self.sessions = sessions
        self.loops = loops
        self.pool = pool
        self.web = web
        self.tell = tell
    }

    /// Watches these and no others. What is as it was goes on undisturbed; what has changed keeps its feed, where
    /// its messages are still called the same.
    func apply(_ settings: [Settings.Watch]) async {
        let wanted = Dictionary(settings.map { ($0.name, $0) }) { first, _ in first }
        for (name, old) in running where wanted[name] != old.setting {
            await old.watcher.run { watcher, loop in await watcher.replace(on: loop) }
            running[name] = nil
            guard let new = wanted[name], new.type == old.setting.type else {
                await directory.removeWatched(old.feed)
                continue
            }
            await begin(new, old.feed)
        }
        for setting in settings where running[setting.name] == nil { await begin(setting) }
    }

    private func begin(_ setting: Settings.Watch, _ kept: Feed? = nil) async {
        guard let name = FeedName(setting.name) else { return tell(setting.name, "it is no name") }
        do {
            let source = try source(setting, for: name)
            let home = loops[started % loops.count]
            guard let feed = try kept ?? directory.makeWatched(name, type: setting.type, on: home) else {
                return tell(setting.name, "people publish to a feed of that name; delete it first")
            }
            started += 1
            let rhythm = WatchRhythm(every: setting.every, timeout: setting.timeout)
            let watcher = await Watcher.start(feed, source, rhythm, of: sessions)
            running[setting.name] = Running(setting: setting, feed: feed, watcher: watcher)
        } catch {
            tell(setting.name, "\(error)")
            if let kept { await directory.removeWatched(kept) }
        }
    }

    private func source(_ setting: Settings.Watch, for name: FeedName) throws -> any WatchedSource {
        switch setting.source {
        case .file(let path): FileSource(path, limit: setting.maxBytes).source(in: pool)
        case .command(let command): CommandSource(command.words, limit: setting.maxBytes, for: name)
        case .http(let address): try WebSource(address, limit: setting.maxBytes, through: web)
        case .sql(let query, let database):
            QuerySource(query, of: database, limit: setting.maxBytes).source(in: pool)
        }
    }
}
