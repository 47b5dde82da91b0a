import Feeds
import Loop
import Sessions
import Testing
import Wire

struct FeedTests {
    private func withFeeds(
        loops: Int = 2, limits: FeedDirectory.Limits = .init(),
        _ body: @Sendable (FeedDirectory, LoopGroup) async throws -> Void
    ) async throws {
        let group = try LoopGroup(count: loops)
        let directory = FeedDirectory(limits)
        do {
            try await body(directory, group)
        } catch {
            Issue.record(error)
        }
        await directory.close()
        await group.stop()
    }

    private func name(_ text: String) throws -> FeedName { try #require(FeedName(text)) }

    @Test func aValueIsNewsOnlyWhenItDiffers() async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            let first = try await feeds.publish(Array("[1, 2]".utf8), to: x, on: group.loops[0])
            #expect(first.seq == 1 && first.isNews)
            let same = try await feeds.publish(Array(" [1,2]".utf8), to: x, on: group.loops[1])
            #expect(same.seq == 1 && !same.isNews && same.version == first.version)
            let other = try await feeds.publish(Array("[2,1]".utf8), to: x, on: group.loops[1])
            #expect(other.seq == 2 && other.isNews)
            let feed = try #require(feeds.feed(x))
            let newest = try #require(await feed.glimpse(after: nil, limit: 1).messages.last)
            #expect(String(decoding: newest, as: UTF8.self).hasSuffix(#""data":[2,1]}"#))
        }
    }

    @Test func everyEventIsNews() async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            for number in 1...3 {
                let receipt = try await feeds.publish(
                    Array("0".utf8), to: x, window: .recent, on: group.loops[number % 2])
                #expect(receipt.seq == UInt64(number) && receipt.isNews)
            }
        }
    }

    @Test func publishersWhoKnowAnOlderVersionAreToldTheNewer() async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            let loop = group.loops[0]
            await #expect(throws: FeedError.changed(nil)) {
                try await feeds.publish([0x31], to: x, if: .exists, on: loop)
            }
            let first = try await feeds.publish([0x31], to: x, if: .absent, on: loop).version
            await #expect(throws: FeedError.changed(first)) {
                try await feeds.publish([0x32], to: x, if: .absent, on: loop)
            }
            let second = try await feeds.publish([0x32], to: x, if: .oneOf([first]), on: loop).version
            await #expect(throws: FeedError.changed(second)) {
                try await feeds.publish([0x33], to: x, if: .oneOf([first]), on: loop)
            }
            try await feeds.delete(x)
            // A feed that begins anew is another: the old version does not fit it by chance.
            _ = try await feeds.publish([0x31], to: x, on: loop)
            await #expect(throws: FeedError.self) { try await feeds.delete(x, if: .oneOf([first])) }
        }
    }

    @Test func thereIsRoomForSoManyFeedsAndAgainWhenOneIsDeleted() async throws {
        var limits = FeedDirectory.Limits()
        limits.count = 2
        try await withFeeds(limits: limits) { feeds, group in
            let loop = group.loops[0]
            let routes = try name("routes")
            _ = feeds.makeBuiltIn(routes, on: loop)
            for text in ["a", "b"] { _ = try await feeds.publish([0x31], to: try name(text), on: loop) }
            let c = try name("c")
            await #expect(throws: FeedError.tooMany(limit: 2)) {
                try await feeds.publish([0x31], to: c, on: loop)
            }
            try await feeds.delete(try name("a"))
            _ = try await feeds.publish([0x31], to: c, on: loop)
            #expect(feeds.all.map(\.name.text) == ["b", "c", "routes"])
            await #expect(throws: FeedError.reserved(routes)) { try await feeds.delete(routes) }
        }
    }

    @Test func versionsCanBeReadBack() throws {
        let version = FeedVersion(life: 987_654_321, seq: 42)
        #expect(FeedVersion(version.description) == version)
        for text in ["", "-", "1", "1-2-3", "a-b", "!-1"] { #expect(FeedVersion(text) == nil) }
    }
}
