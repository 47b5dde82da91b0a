import Configuration
import Feeds
import Loop
import Sessions
import Store
import Synchronization
import TestKit
import Testing

@testable import Server

/// Lives of a server's feeds on one data folder.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct KeptFeedTests {
    private struct Life: Sendable {
        let store: Store
        let group: LoopGroup
        let kept: KeptFeeds
        let feeds: FeedDirectory

        init(in folder: String, limits: FeedDirectory.Limits = .init()) async throws {
            store = try Store(
                folder: folder, migrations: FeedOriginTable.migrations + KeptFeedTable.migrations)
            group = try LoopGroup(count: 2)
            kept = KeptFeeds(store)
            feeds = FeedDirectory(
                limits, startingAt: try await FeedOriginTable.advance(in: store), keptBy: kept)
            try await kept.restore(into: feeds, on: group.loops)
        }

        func close() async {
            await feeds.close()
            await kept.close()
            await store.close()
            await group.stop()
        }

        @discardableResult
        func publish(_ text: String, to name: String, window: FeedWindow = .latest, lifetime: Duration? = nil)
            async throws -> UInt64
        {
            try await publish(text, to: name, window: window, lifetime: lifetime, on: group.loops[0])
        }

        private func publish(
            _ text: String, to name: String, window: FeedWindow, lifetime: Duration?,
            on loop: isolated EventLoop
        ) async throws -> UInt64 {
            try await feeds.publish(
                Array(text.utf8), to: #require(FeedName(name)), window: window, keep: true,
                lifetime: lifetime, on: loop
            ).seq
        }

        func glimpse(of name: String, after: UInt64? = nil) async -> FeedGlimpse? {
            guard let name = FeedName(name), let feed = feeds.feed(name) else { return nil }
            return await feed.glimpse(after: after, limit: 10_000)
        }

        func data(of name: String, after: UInt64? = nil) async -> [String] {
            let messages = await glimpse(of: name, after: after)?.messages ?? []
            return messages.map { member("data", of: String(decoding: $0, as: UTF8.self)) ?? "" }
        }
    }

    /// Runs one life to its end.
    private func live(
        in folder: TemporaryFolder, limits: FeedDirectory.Limits = .init(),
        _ body: (Life) async throws -> Void
    ) async throws {
        let life = try await Life(in: folder.path, limits: limits)
        do { try await body(life) } catch { Issue.record(error) }
        await life.close()
    }

    @Test func whatWasSaidIsThereAfterARestartAndItsNumbersGoOn() async throws {
        let folder = try TemporaryFolder()
        var last: UInt64 = 0
        var value: UInt64 = 0
        try await live(in: folder) { life in
            for number in 1...2500 { last = try await life.publish("\(number)", to: "log", window: .recent) }
            value = try await life.publish("[1, 2]", to: "state")
        }
        for round in 1...2 {
            try await live(in: folder) { life in
                let kept = await life.data(of: "log", after: last - 3)
                #expect(kept == (2498...2500).map { "\($0)" })
                let glimpse = await life.glimpse(of: "log", after: last - 3)
                #expect(glimpse?.restart == nil && glimpse?.missing == nil)
                #expect(await life.data(of: "log", after: 0).count == 1024)
                #expect(await life.data(of: "state") == ["[1,2]"])
                // The same value is no news, and the next one has the next number.
                try await #expect(life.publish("[1,2]", to: "state") == value)
                if round == 2 {
                    try await #expect(life.publish("3", to: "state") == value + 1)
                    try await #expect(life.publish("2501", to: "log", window: .recent) == last + 1)
                }
            }
        }
    }

    @Test func aLifeThatWasCutShortIsNotTakenForWhole() async throws {
        let folder = try TemporaryFolder()
        let copy = try TemporaryFolder()
        var last: UInt64 = 0
        try await live(in: folder) { life in
            for number in 1...3 { last = try await life.publish("\(number)", to: "log", window: .recent) }
            // As after a power cut: the folder as it is in the midst of this life.
            while try await life.store.read({ try KeptFeedTable.entries(of: "log", in: $0) }).count < 3 {}
            try await life.store.backup(to: copy.file("holdfast.db"))
            last = try await life.publish("4", to: "log", window: .recent)
        }
        for _ in 1...2 {
            try await live(in: copy) { life in
                #expect(await life.data(of: "log", after: 0) == ["1", "2", "3"])
                let glimpse = await life.glimpse(of: "log", after: last)
                #expect(glimpse?.restart != nil)
                #expect(glimpse?.messages.count == 3)
                #expect((glimpse?.seq ?? 0) > last + 1000)
            }
        }
    }

    @Test func whatIsDeletedOrExpiresIsNotKept() async throws {
        let folder = try TemporaryFolder()
        try await live(in: folder) { life in
            try await life.publish("1", to: "gone")
            try await life.publish("1", to: "again")
            try await life.publish("1", to: "short", lifetime: .milliseconds(100))
            try await life.publish("1", to: "stays", lifetime: .days(1))
            try await life.feeds.delete(#require(FeedName("gone")))
            try await life.feeds.delete(#require(FeedName("again")))
            try await life.publish("2", to: "again")
            let short = try #require(FeedName("short"))
            let deadline = SystemClock().now + .seconds(20)
            while life.feeds.feed(short) != nil, SystemClock().now < deadline { await Task.yield() }
        }
        try await live(in: folder) { life in
            #expect(life.feeds.all.map(\.name.text) == ["again", "stays"])
            #expect(await life.data(of: "again") == ["2"])
            #expect(life.feeds.all.last?.terms == FeedTerms(keep: true, lifetime: .days(1)))
        }
    }

    @Test func aWindowThatHasBecomeSmallerKeepsTheNewest() async throws {
        let folder = try TemporaryFolder()
        var limits = FeedDirectory.Limits()
        var last: UInt64 = 0
        try await live(in: folder) { life in
            let large = "\"" + String(repeating: "x", count: 10_000) + "\""
            for text in ["1", large, "3", "4"] {
                last = try await life.publish(text, to: "log", window: .recent)
            }
        }
        limits.windowBytes = 4096
        try await live(in: folder, limits: limits) { life in
            #expect(await life.data(of: "log", after: 0) == ["3", "4"])
            try await #expect(life.publish("5", to: "log", window: .recent) == last + 1)
        }
        limits.windowEntries = 1
        try await live(in: folder, limits: limits) { life in
            #expect(await life.data(of: "log", after: 0) == ["5"])
        }
    }
}
