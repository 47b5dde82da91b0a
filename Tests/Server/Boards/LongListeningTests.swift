import Feeds
import Loop
import Sessions
import TestKit
import Testing
import Transport
import Wire
import Workflows

@testable import Server

/// Time is the loops' clock, as it is on a server: `CLOCK_MONOTONIC`, which stands while the machine sleeps. What
/// people are told by the wall's clock decides nothing of a connection.
@Suite(.timeLimit(.minutes(1))) struct LongListeningTests {
    private static let days = 30
    private static let step = Duration.seconds(1800)
    private static let stepsInADay = 48
    /// The state of one task is the ninth.
    private static let names = [
        "workflows", "routes", "workflow-history", "adw-monitor", "queue", "system-status", "webhook-status",
        "planned-features",
    ]

    /// A month of listening to all nine, with a ping every half an hour and a sleep every few days: nobody is sent
    /// away or pinged once too often, nothing is said while nothing changes, and each day's one change is said once
    /// to those whom it is for.
    @Test func listenersAreHeldForAMonth() async throws {
        var policy = TransportPolicy.Values()
        policy.ping = Self.step
        try await withBoards(policy: policy) { ground in
            try await ground.engine.setPaused(true)
            let month = try await Month(ground)
            for day in 1...Self.days {
                for _ in 1...Self.stepsInADay { try month.pass(Self.step) }
                if day % 4 == 0 { try month.sleepQuietly(for: .seconds(3600 * (day % 7 + 3))) }
                if day % 7 == 0 { try month.sleepBeforeTheAnswers(for: .seconds(3600 * (day % 5 + 5))) }
                try await month.change(day)
            }
            try await month.checkCounts(pings: Self.days * Self.stepsInADay + Self.days / 4 + Self.days / 7)
        }
    }

    /// A sleep is an excuse for those who wait with their answers, and none for those who have none.
    @Test func whoIsGoneIsSentAwayAfterASleepToo() async throws {
        try await withBoards { ground in
            let gone = try ground.listen(to: "/api/v1/ws/routes")
            let there = try BoardListener("workflow-history", ground)
            try await ground.turn(by: .seconds(20))
            for client in [gone, there.client] { try client.awaitPing() }
            try await ground.turn(by: .seconds(3 * 3600))
            try there.client.answerPing()
            for _ in 1...9 { try await ground.turn(by: .seconds(1)) }
            try there.catchUp()
            #expect(await ground.sessions.snapshot().sessions(of: .websocket) == 2)
            try await ground.turn(by: .seconds(1))
            #expect(try member("type", of: gone.text()) == #""routes_update""#)
            #expect(try gone.hear() == .close(4004, "Not answering"))
            try there.catchUp()
        }
    }

    /// Nine who listen, and what they are to have heard.
    private final class Month {
        private let ground: BoardGround
        private let tasks: [TaskID]
        private let listeners: [BoardListener]
        private var expected: [String: UInt64] = [:]
        private var features = 0

        init(_ ground: BoardGround) async throws {
            self.ground = ground
            var tasks: [TaskID] = []
            for _ in 1...2 {
                tasks.append(try await ground.engine.submit(TaskRequest(workflow: "hello")).record.id)
            }
            self.tasks = tasks
            _ = try await ground.settled("queue") {
                $0.contains(#""waiting":["\#(tasks[0])","\#(tasks[1])"]"#)
            }
            _ = try await ground.settled("workflows") { text in
                tasks.allSatisfy { text.contains("\"\($0)\"") }
            }
            _ = try await ground.settled("adw-monitor") { $0.contains(#""waiting":2"#) }
            _ = try await ground.settled("system-status") { $0.contains(#""queue":{"status":"degraded""#) }
            for name in ["workflow-history", "webhook-status", "planned-features"] {
                _ = try await ground.settled(name) { $0 != "" }
            }
            listeners = try (LongListeningTests.names + ["adw-state/\(tasks[0])"]).map {
                try BoardListener($0, ground)
            }
            #expect(listeners.count == 9)
        }

        private func listener(_ name: String) throws -> BoardListener {
            try #require(listeners.first { $0.name == name })
        }

        /// Time goes by, everybody is asked whether he is there, and nothing is said.
        func pass(_ span: Duration) throws {
            ground.clock.advance(by: span)
            for listener in listeners { try listener.client.answerPing() }
            try catchUp()
        }

        /// The loops find that hours have gone by, and with them the times of many pings: one is sent.
        func sleepQuietly(for span: Duration) throws { try pass(span) }

        /// The same while everybody's answer to a ping is awaited: each has the time for it once more.
        func sleepBeforeTheAnswers(for span: Duration) throws {
            ground.clock.advance(by: LongListeningTests.step)
            for listener in listeners { try listener.client.awaitPing() }
            ground.clock.advance(by: span)
            for listener in listeners { try listener.client.answerPing() }
            try catchUp()
        }

        private func catchUp() throws {
            for listener in listeners {
                try listener.catchUp()
                try checkCount(listener)
            }
        }

        /// What the machine is like is news whenever it is another; everything else says what was changed here.
        private func checkCount(_ listener: BoardListener) throws {
            guard listener.name != "system-status" else { return }
            let expected = expected[listener.name] ?? 0
            try #require(listener.count == expected, "\(listener.name): \(listener.last)")
        }

        /// The day's one change, which those hear whom it is for.
        func change(_ day: Int) async throws {
            switch day % 4 {
            case 0:
                let (id, before) = day % 8 == 4 ? (tasks[1], tasks[0]) : (tasks[0], tasks[1])
                try await ground.engine.move(id, before: before)
                try await hear("queue") { $0.contains(#""waiting":["\#(id)""#) }
                try await hear("workflows") { $0.contains(#""workflows":[{"adw_id":"\#(id)""#) }
            case 1:
                features += 1
                _ = try await ground.triggers.features.create(FeatureDraft(title: "Feature \(features)"))
                try await hear("planned-features") { [features] in $0.contains("\"Feature \(features)\"") }
            case 2:
                let stranger = WebhookRequest(headers: [.authorization: "Bearer a guess"], body: [])
                let before = try listener("webhook-status").last
                await #expect(throws: TriggerError.self) {
                    try await ground.triggers.webhooks.receive(stranger, for: "hub")
                }
                try await hear("webhook-status") { member("data", of: $0) != member("data", of: before) }
            default:
                let isOld = day % 8 == 3
                try await age("own", isOld)
                let wanted = #""watchers":{"status":"\#(isOld ? "degraded" : "healthy")""#
                _ = try await ground.settled("system-status") { $0.contains(wanted) }
                let listener = try listener("system-status")
                while !listener.last.contains(wanted) { try listener.hear() }
            }
            try catchUp()
        }

        /// One message more for this feed's listener, and it says that.
        private func hear(_ name: String, _ condition: (String) -> Bool) async throws {
            _ = try await ground.settled(name, condition)
            expected[name, default: 0] += 1
            let listener = try listener(name)
            try listener.hear()
            #expect(condition(listener.last), "\(listener.last)")
        }

        /// A feed of somebody's, which is old for a while.
        private func age(_ name: String, _ isOld: Bool) async throws {
            let name = try #require(FeedName(name))
            let feed =
                ground.directory.feed(name) ?? ground.directory.makeBuiltIn(name, on: ground.group.loops[0])
            if isOld {
                await LoopBound(feed, to: feed.home).run { feed, loop in feed.markStale("Broken.", on: loop) }
            } else {
                _ = try await feed.publish(minified: [0x31])
            }
        }

        /// Nobody was pinged once too often, and nothing that a feed has said was missed.
        func checkCounts(pings: Int) async throws {
            try catchUp()
            for listener in listeners {
                #expect(listener.pings == pings, "\(listener.name)")
                guard let feed = FeedName(listener.name).flatMap(ground.directory.feed) else { continue }
                #expect(await feed.summary().seq == listener.seq || listener.name == "system-status")
            }
            #expect(listeners.reduce(0) { $0 + $1.pings } == 9 * pings)
            #expect(expected == ["queue": 7, "workflows": 7, "planned-features": 8, "webhook-status": 8])
            let sockets = await ground.sessions.snapshot().sessions(of: .websocket)
            #expect(sockets == 9)
        }
    }
}
