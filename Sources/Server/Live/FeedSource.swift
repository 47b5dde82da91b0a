import Feeds
import Loop
import Sessions
import Wire

/// Feeds on channels: `/feeds/NAME`, and `/NAME` for those of the server's own.
struct FeedSource: LiveSource {
    let directory: FeedDirectory
    let permissions: FeedPermissions

    func open(_ request: LiveRequest, on loop: isolated EventLoop) throws(HTTPError) -> (any LiveTarget)? {
        switch (request.path.first, request.path.count) {
        case ("feeds"?, 2):
            let wish = try FeedWish(request.members)
            return FeedTarget(
                feed: try feed(request.path[1], wish, for: request.caller, on: loop), permissions: permissions
            )
        case (let text?, 1):
            guard let name = FeedName(text), let feed = directory.feed(name), feed.isBuiltIn else {
                return nil
            }
            try permissions.checkMayRead(name, request.caller)
            try FeedWish(request.members).check(feed)
            return FeedTarget(feed: feed, permissions: permissions)
        default: return nil
        }
    }

    /// With a `window` a feed that is not there begins, for those who may publish.
    private func feed(
        _ text: String, _ wish: FeedWish, for caller: Caller, on loop: isolated EventLoop
    ) throws(HTTPError) -> Feed {
        guard let name = FeedName(text) else { throw HTTPError(FeedError.badName(text)) }
        try permissions.checkMayRead(name, caller)
        if let feed = directory.feed(name) {
            try wish.check(feed)
            return feed
        }
        guard let window = wish.window else { throw HTTPError(FeedError.unknown(name)) }
        try permissions.checkMayPublish(name, caller)
        let terms = FeedTerms(keep: wish.keep ?? permissions.keeps(name), lifetime: wish.lifetime)
        let feed: Feed
        do throws(FeedError) {
            feed = try directory.makeFeed(name, window: window, type: wish.type, terms: terms, on: loop)
                .feed
        } catch {
            throw HTTPError(error)
        }
        // Somebody else may have begun it a moment before.
        try wish.check(feed)
        return feed
    }
}

/// A feed that is open on a channel; what is sent there is published.
private struct FeedTarget: LiveTarget {
    let feed: Feed
    let permissions: FeedPermissions

    var log: SharedLog? { feed.log }

    func log(on loop: EventLoop) async throws(HTTPError) -> SharedLog { feed.log }

    func send(
        _ data: [UInt8], from caller: Caller, on loop: isolated EventLoop
    ) throws(HTTPError) -> LiveSending {
        try permissions.checkMayPublish(feed.name, caller)
        switch feed.publisher {
        case .server: throw HTTPError(FeedError.reserved(feed.name))
        case .watcher: throw HTTPError(FeedError.watched(feed.name))
        case .people: break
        }
        guard feed.home === loop else { return .later { await publishElsewhere(data) } }
        do throws(FeedError) {
            _ = try feed.publish(minified: data, on: loop)
        } catch {
            throw HTTPError(error)
        }
        return .done
    }

    private func publishElsewhere(_ data: [UInt8]) async -> HTTPError? {
        do throws(FeedError) {
            _ = try await feed.publish(minified: data)
            return nil
        } catch {
            return HTTPError(error)
        }
    }
}
