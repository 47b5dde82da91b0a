import Configuration
import Feeds
import Loop
import Sessions
import Synchronization
import TestKit
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct FeedWatchesTests {
    private static func watches(_ items: String) throws -> [Settings.Watch] {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array("feeds: {watch: [\(items)]}".utf8))
        return try SettingSources(file: file, environment: ["HOME": "/"]).read { Settings($0) }.settings.feeds
            .watch
    }

    private static func value(of name: String, in feeds: FeedDirectory) async -> String {
        guard let name = FeedName(name), let feed = feeds.feed(name) else { return "none" }
        let messages = await feed.glimpse(after: nil, limit: 1).messages
        return messages.last.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
    }

    /// Waits until a feed says it.
    private static func settled(
        _ name: String, in feeds: FeedDirectory, _ condition: (String) -> Bool
    ) async throws {
        try await eventually("\(name) says it", within: .seconds(20)) {
            condition(await value(of: name, in: feeds))
        }
    }

    fileprivate func withWatches(
        _ body: @escaping @Sendable (FeedWatches, LiveGround, Told) async throws -> Void
    ) async throws {
        try await withLiveGround { ground in
            let pool = try Offload(name: "probing", threads: 2, capacity: 16)
            defer { pool.stop() }
            let told = Told()
            let watches = FeedWatches(
                ground.feeds, of: ground.sessions, on: ground.group.loops, pool: pool,
                web: WebAccess(lookingUpIn: pool)
            ) { feed, reason in told.lines.withLock { $0.append("\(feed): \(reason)") } }
            do { try await body(watches, ground, told) } catch { Issue.record(error) }
            await watches.apply([])
        }
    }

    fileprivate final class Told: Sendable {
        let lines = Mutex<[String]>([])
    }

    @Test func eachSourceBecomesAFeedThatNobodyElsePublishesTo() async throws {
        try await withWatches { watches, ground, _ in
            let client = try ground.client()
            _ = try client.request("POST /api/v1/feeds/origin", body: "{\"from\": \"web\"}")
            try await watches.apply(
                Self.watches(
                    """
                    {name: cmd, command: "echo 7"},
                    {name: web, http: "http://127.0.0.1:\(ground.port)/api/v1/feeds/origin", type: page},
                    {name: gone, http: "http://127.0.0.1:\(ground.port)/nix"}
                    """))
            try await Self.settled("cmd", in: ground.feeds) { $0.hasSuffix(#""data":7}"#) }
            try await Self.settled("web", in: ground.feeds) {
                $0.hasPrefix(#"{"type":"page","#) && $0.contains(#""data":{"from":"web"}"#)
            }
            let failure = "It could not be looked at: it was answered with 404 Not Found."
            try await Self.settled("gone", in: ground.feeds) { $0.contains(failure) }
            #expect(try client.request("POST /api/v1/feeds/cmd", body: "1").status == 403)
            #expect(try client.request("DELETE /api/v1/feeds/cmd").status == 403)
            let list = try client.request("GET /api/v1/feeds").body
            #expect(list.split(separator: #""watched":true"#).count == 4, "\(list)")
        }
    }

    @Test func whatChangesIsTakenUpAndTheRestGoesOn() async throws {
        try await withWatches { watches, ground, _ in
            try await watches.apply(
                Self.watches(
                    "{name: a, command: echo 1}, {name: b, command: echo 1}, {name: c, command: echo 1}"))
            for name in ["a", "b", "c"] {
                try await Self.settled(name, in: ground.feeds) { $0.contains(#""data":1"#) }
            }
            let feeds = ["a", "b", "c"].compactMap { FeedName($0) }.compactMap { ground.feeds.feed($0) }
            try #require(feeds.count == 3)
            try await watches.apply(
                Self.watches(
                    "{name: a, command: echo 1}, {name: b, command: echo 2}, {name: d, command: echo 4}"))
            try await Self.settled("b", in: ground.feeds) { $0.hasSuffix(#""data":2}"#) }
            try await Self.settled("d", in: ground.feeds) { $0.hasSuffix(#""data":4}"#) }
            #expect(await Self.value(of: "c", in: ground.feeds) == "none")
            #expect(
                ground.feeds.feed(feeds[0].name) === feeds[0] && ground.feeds.feed(feeds[1].name) === feeds[1]
            )
            #expect(await ground.sessions.snapshot().sessions(of: .watcher) == 3)
        }
    }

    @Test func aFeedOfPeopleIsNotTakenOver() async throws {
        try await withWatches { watches, ground, told in
            let client = try ground.client()
            _ = try client.request("POST /api/v1/feeds/mine", body: "1")
            try await watches.apply(Self.watches("{name: mine, command: echo 2}"))
            #expect(
                told.lines.withLock { $0 } == ["mine: people publish to a feed of that name; delete it first"]
            )
            #expect(try client.request("POST /api/v1/feeds/mine", body: "3").status == 200)
        }
    }

    @Test func theConfigurationKnowsTheNamesThatFeedsReserve() {
        #expect(ReservedFeedNames.all == FeedName.reserved)
        #expect(ReservedFeedNames.types == Set(FeedType.reserved))
    }
}
