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
            #expect(same.seq == 1 && !same.isNews)
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

    @Test(arguments: ["end", "reset", "gap", "pong", "closed", "error", "open", "message"])
    func nobodyPublishesWhatTheConnectionItselfSays(type: String) async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            let loop = group.loops[0]
            for _ in 0..<2 {
                await #expect(throws: FeedError.reservedType(type)) {
                    try await feeds.publish([0x31], to: x, type: type, on: loop)
                }
                // Also where the feed is there.
                _ = try await feeds.publish([0x31], to: x, type: "ending", on: loop)
            }
            #expect(FeedError.reservedType(type).sentence.contains("closed, end, error, gap"))
        }
    }

    @Test func publishersWhoKnowAnOlderStateAreToldTheNewer() async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            let loop = group.loops[0]
            await #expect(throws: FeedError.changed(nil)) {
                try await feeds.publish([0x31], to: x, if: .exists, on: loop)
            }
            let first = try await feeds.publish([0x31], to: x, if: .absent, on: loop).seq
            await #expect(throws: FeedError.changed(first)) {
                try await feeds.publish([0x32], to: x, if: .absent, on: loop)
            }
            let second = try await feeds.publish([0x32], to: x, if: .oneOf([first]), on: loop).seq
            await #expect(throws: FeedError.changed(second)) {
                try await feeds.publish([0x33], to: x, if: .oneOf([first]), on: loop)
            }
            try await feeds.delete(x)
            // A feed that begins anew is another: the old number does not fit it by chance.
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

    @Test func numbersOfAFeedThatWasDeletedDoNotComeBack() async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            for _ in 1...3 { _ = try await feeds.publish([0x31], to: x, window: .recent, on: group.loops[0]) }
            try await feeds.delete(x)
            // The new life has come further than the old one had.
            var receipts: [UInt64] = []
            for _ in 1...5 {
                receipts.append(
                    try await feeds.publish([0x32], to: x, window: .recent, on: group.loops[1]).seq)
            }
            #expect(receipts[0] > 3)
            let feed = try #require(feeds.feed(x))
            for old in 1...3 as ClosedRange<UInt64> {
                let glimpse = await feed.glimpse(after: old, limit: 10)
                #expect(glimpse.restart == receipts[0] && glimpse.messages.count == 5, "after \(old)")
            }
            let ahead = await feed.glimpse(after: receipts[4] + 1, limit: 10)
            #expect(ahead.restart == receipts[0] && ahead.messages.count == 5)
            let whole = await feed.glimpse(after: 0, limit: 10)
            #expect(whole.restart == nil && whole.missing == nil && whole.messages.count == 5)
            let rest = await feed.glimpse(after: receipts[3], limit: 10)
            #expect(rest.restart == nil && rest.messages.count == 1)
        }
    }

    @Test func whatWasPublishedIsNotSweptAwayByWhoDeletesAnOlderState() async throws {
        try await withFeeds { feeds, group in
            let x = try name("x")
            var deletions = 0
            for round in 1...300 {
                let old = try await feeds.publish([0x31], to: x, window: .recent, on: group.loops[round % 2])
                    .seq
                async let deletion: Bool = {
                    do throws(FeedError) {
                        try await feeds.delete(x, if: .oneOf([old]))
                        return true
                    } catch {
                        return false
                    }
                }()
                let new = try await feeds.publish(
                    [0x32], to: x, window: .recent, on: group.loops[(round + round / 2) % 2])
                if await deletion { deletions += 1 }
                let feed = try #require(feeds.feed(x), "what was published is there, whoever came first")
                #expect(await feed.head() == new.seq)
            }
            #expect(deletions > 0)
        }
    }

    @Test func ofManyWhoWantToBeginAFeedOneDoes() async throws {
        try await withFeeds(loops: 4) { feeds, group in
            for round in 1...50 {
                let x = try name("x\(round)")
                let begun = await withTaskGroup(of: Bool.self) { tasks in
                    for loop in group.loops {
                        tasks.addTask {
                            do throws(FeedError) {
                                _ = try await feeds.publish([0x31], to: x, if: .absent, on: loop)
                                return true
                            } catch {
                                return false
                            }
                        }
                    }
                    return await tasks.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(begun == 1)
                #expect(await feeds.feed(x)?.head() == 1)
            }
        }
    }

    @Test func aFirstValueThatIsTooLargeLeavesNoFeedBehind() async throws {
        var limits = FeedDirectory.Limits()
        limits.windowBytes = 1000
        limits.count = 1
        try await withFeeds(limits: limits) { feeds, group in
            let large = Array("\"\(String(repeating: "x", count: 2000))\"".utf8)
            let x = try name("x")
            await #expect(throws: FeedError.self) {
                try await feeds.publish(large, to: x, window: .recent, on: group.loops[0])
            }
            #expect(feeds.feed(x) == nil)
            _ = try await feeds.publish([0x31], to: try name("y"), on: group.loops[0])
        }
    }

    @Test func theNumbersOfALifeAreBehindThoseOfTheOneBefore() {
        let noon = Timestamp(milliseconds: 1_795_000_000_000)
        let first = FeedOrigin.next(after: nil, at: noon)
        #expect(first == 1_795_000_000_000_000)
        // A server that started a day later begins a day behind.
        let day = Timestamp(milliseconds: noon.milliseconds + 86_400_000)
        #expect(FeedOrigin.next(after: first, at: day) == first + 86_400_000_000)
        // A clock that was set back, that has stopped, or that is mad: still further on, and still exact in JSON.
        for time in [noon, Timestamp(milliseconds: 0), Timestamp(milliseconds: -5)] {
            #expect(FeedOrigin.next(after: first, at: time) > first + 1_000_000_000)
        }
        let mad = FeedOrigin.next(after: first, at: Timestamp(milliseconds: .max))
        let after = FeedOrigin.next(after: mad, at: noon)
        #expect(mad > first && after > mad && after < 1 << 53)
    }
}
