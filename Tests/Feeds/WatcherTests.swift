import Feeds
import Loop
import Sessions
import Synchronization
import TestKit
import Testing

struct WatcherTests {
    private struct Ground: Sendable {
        let group: LoopGroup
        let sessions: Sessions
        let feeds = FeedDirectory()
        let pool: Offload

        init() throws {
            group = try LoopGroup(count: 2)
            sessions = Sessions(loops: group.loops, audit: NoTrail()) { _ in }
            pool = try Offload(name: "watch", threads: 2, capacity: 8)
        }

        /// Looks every millisecond.
        func watch(_ feed: Feed, _ look: @escaping @Sendable () throws -> [UInt8]) async {
            await Watcher.start(
                feed, BlockingSource(in: pool) { _ in .json(try look()) },
                WatchRhythm(every: .milliseconds(1), timeout: .seconds(10)), of: sessions)
        }

        func makeFeed(_ name: String) throws -> Feed {
            feeds.makeBuiltIn(try #require(FeedName(name)), on: group.loops[0])
        }
    }

    private struct NoTrail: AuditTrail {
        func record(_ entry: AuditEntry) {}
    }

    private struct Broken: Error, CustomStringConvertible {
        let description = "the source is broken"
    }

    private func withGround(_ body: @Sendable (Ground) async throws -> Void) async throws {
        let ground = try Ground()
        do {
            try await body(ground)
        } catch {
            Issue.record(error)
        }
        _ = await ground.sessions.drain(within: .seconds(10))
        let left = await ground.sessions.snapshot()
        #expect(left.sessions(of: .watcher) == 0)
        #expect(left.held.isEmpty && left.leaked.isEmpty && left.strays == 0)
        await ground.feeds.close()
        await ground.group.stop()
        ground.pool.stop()
    }

    private func newest(of feed: Feed) async -> String? {
        await feed.glimpse(after: nil, limit: 1).messages.last.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func onlyWhatChangedIsSaid() async throws {
        try await withGround { ground in
            let feed = try ground.makeFeed("queue")
            let value = Mutex(1)
            let looks = Mutex(0)
            await ground.watch(feed) {
                looks.withLock { $0 += 1 }
                return Array("{\"n\": \(value.withLock { $0 })}".utf8)
            }
            try await eventually("it was looked at often") { looks.withLock { $0 } > 10 }
            #expect(await feed.summary().seq == 1)
            value.withLock { $0 = 2 }
            try await eventually("the change is said") { await feed.summary().seq == 2 }
        }
    }

    @Test func aLookThatFailsLeavesTheLastValueAndSaysThatItIsOld() async throws {
        try await withGround { ground in
            let feed = try ground.makeFeed("queue")
            let isBroken = Mutex(false)
            await ground.watch(feed) {
                if isBroken.withLock({ $0 }) { throw Broken() }
                return [0x31]
            }
            try await eventually("the first look is said") { await feed.summary().seq == 1 }
            let fresh = try await #require(newest(of: feed))
            isBroken.withLock { $0 = true }
            try await eventually("the failure is said") {
                await feed.summary().stale?.contains("the source is broken") == true
            }
            // Whoever listens hears it too: the same value, of the time at which it was true, and why it is old.
            let old = try await #require(newest(of: feed))
            #expect(old.contains(#""data":1,"stale":"It could not be looked at: the source is broken."}"#))
            #expect(await feed.summary().seq == 2)
            isBroken.withLock { $0 = false }
            try await eventually("it is current again") { await feed.summary().stale == nil }
            let again = try await #require(newest(of: feed))
            #expect(fresh.hasSuffix(#""data":1}"#) && again.hasSuffix(#""data":1}"#))
        }
    }

    @Test func aWatcherThatEndsLeavesAFeedThatSaysSo() async throws {
        try await withGround { ground in
            let feed = try ground.makeFeed("queue")
            await ground.watch(feed) {
                [0x31]
            }
            try await eventually("the first look is said") { await feed.summary().seq == 1 }
            #expect(await ground.sessions.end(.kinds([.watcher]), with: Ending(.cancelled, "By hand")) == 1)
            try await eventually("its end is said") { await feed.summary().stale != nil }
            let old = try await #require(newest(of: feed))
            #expect(old.hasSuffix(#""data":1,"stale":"It is not watched any more: By hand."}"#))
        }
    }

    @Test func whatAFeedRefusesDoesNotConfirmWhatItSaysStill() async throws {
        try await withGround { ground in
            let feed = try ground.makeFeed("queue")
            _ = try await feed.publish(minified: [0x31])
            let first = try await #require(newest(of: feed))
            let said = Timestamp.now
            while Timestamp.now == said {}
            await #expect(throws: FeedError.self) {
                try await feed.publish(minified: [UInt8](repeating: 0x31, count: 64 << 20))
            }
            await LoopBound(feed, to: feed.log.home).run { feed, loop in
                feed.markStale("Too large.", on: loop)
            }
            let old = try await #require(newest(of: feed))
            #expect(old.contains(#""stale":"Too large.""#))
            #expect(time(of: old) == time(of: first))
        }
    }

    /// From its `ts` on, as long as a time is.
    private func time(of message: String) -> String? {
        message.firstRange(of: #""ts":""#).map { String(message[$0.upperBound...].prefix(24)) }
    }

    @Test func aFeedWhoseFirstLookFailsIsNotQuiet() async throws {
        try await withGround { ground in
            let feed = try ground.makeFeed("queue")
            await ground.watch(feed) {
                throw Broken()
            }
            try await eventually("the failure is said") { await feed.summary().seq == 1 }
            let first = try await #require(newest(of: feed))
            #expect(first.contains(#""data":null,"stale":"It could not"#))
        }
    }

    @Test func oneThatHangsDelaysNoOther() async throws {
        try await withGround { ground in
            let gate = Mutex(false)
            let slow = try ground.makeFeed("queue")
            let quick = ground.feeds.makeBuiltIn(
                try #require(FeedName("workflows")), on: ground.group.loops[0])
            await ground.watch(slow) {
                while !gate.withLock({ $0 }) {}
                return [0x31]
            }
            let count = Mutex(0)
            await ground.watch(quick) {
                Array("\(count.withLock { $0 += 1; return $0 })".utf8)
            }
            try await eventually("the quick one is looked at") { await quick.summary().seq > 5 }
            #expect(await slow.summary().seq == 0)
            gate.withLock { $0 = true }
            try await eventually("the slow one is done") { await slow.summary().seq == 1 }
        }
    }

    @Test func theMachineIsJudged() async throws {
        try await withGround { ground in
            let watch = SystemWatch(folder: "/", loops: ground.group.loops, thresholds: HealthThresholds())
            let text = String(decoding: try watch.look(), as: UTF8.self)
            for part in ["server", "loops", "memory", "disk", "load"] {
                #expect(text.contains("\"\(part)\":{\"status\":\""), "\(text)")
            }
        }
    }
}
