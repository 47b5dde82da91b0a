import FoundationEssentials
import JSONCoding
import Loop
import Store
import TestKit
import Testing
import Transport
import Workflows

@Suite(.timeLimit(.minutes(1))) struct NotifierTests {
    private static let secret = "a secret of the test"

    @Test func theEndOfATaskIsPostedWithItsSignature() async throws {
        try await withLoop { try await Self.aPost(on: $0) }
    }

    private static func aPost(on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        let target = try target("one", server, workflows: [TextPattern("hel*")])
        try await withNotifier([target], on: loop) { notifier, _ in
            try await notifier.taskChanged(task("other", .succeeded))
            try await notifier.taskChanged(task("hello", .running))
            let ended = task("hello", .failed, "Phase build failed.")
            try await notifier.taskChanged(ended)
            let post = try await Post.take(from: server, answering: "204 No Content", on: loop)
            #expect(post.head.hasPrefix("POST /hook HTTP/1.1\r\n"))
            #expect(post["Content-Type"] == "application/json")
            #expect(post["X-Holdfast-Event"] == "task.failed")
            let signature = try #require(post["X-Holdfast-Signature-256"])
            #expect(BodySignature.isRight(signature, of: post.body, secret: secret))
            let notice = try JSONFormat.decoder.decode(TaskNotice.self, from: Data(post.body))
            #expect(notice.task.id == ended.id)
            #expect(notice.task.sentence == "Phase build failed.")
            #expect(notice.delivery == post["X-Holdfast-Delivery"])
            try await eventually("it is known") {
                try await notifier.list().notifications.map(\.state) == [.delivered]
            }
            // Told again, as after a restart, it is not posted again.
            try await notifier.taskChanged(ended)
            #expect(try await notifier.list().notifications.count == 1)
            #expect(!server.hasArrivals)
        }
    }

    @Test func whatIsNotTakenIsPostedAgainAsItWas() async throws {
        try await withLoop { try await Self.again(on: $0) }
    }

    private static func again(on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        try await withNotifier([target("one", server)], on: loop) { notifier, _ in
            try await notifier.taskChanged(task("hello", .succeeded))
            let first = try await Post.take(from: server, answering: "503 Service Unavailable", on: loop)
            // Then it takes the request and breaks the connection.
            try await server.accept(on: loop).reset(on: loop)
            let third = try await Post.take(from: server, answering: "200 OK", on: loop)
            #expect(third.body == first.body)
            #expect(third["X-Holdfast-Delivery"] == first["X-Holdfast-Delivery"])
            try await eventually("it is known") {
                let record = try await notifier.list().notifications[0]
                return record.state == .delivered && record.attempts == 3 && record.problem == nil
            }
        }
    }

    @Test func whoIsGoneIsNotAskedAgain() async throws {
        try await withLoop { try await Self.gone(on: $0) }
    }

    private static func gone(on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        try await withNotifier([target("one", server)], on: loop) { notifier, _ in
            try await notifier.taskChanged(task("hello", .succeeded))
            _ = try await Post.take(from: server, answering: "410 Gone", on: loop)
            try await eventually("it is given up") {
                try await notifier.list().notifications[0].state == .undeliverable
            }
        }
    }

    @Test func whoDoesNotAnswerDelaysNobodyElse() async throws {
        try await withLoop { try await Self.slow(on: $0) }
    }

    private static func slow(on loop: isolated EventLoop) async throws {
        let (slow, quick) = (try ScriptedServer(on: loop), try ScriptedServer(on: loop))
        defer {
            slow.close(on: loop)
            quick.close(on: loop)
        }
        try await withNotifier([target("slow", slow), target("quick", quick)], on: loop) { notifier, _ in
            try await notifier.taskChanged(task("hello", .succeeded))
            let silent = try await slow.accept(on: loop)
            defer { silent.close(on: loop) }
            for _ in 0..<3 {
                _ = try await Post.take(from: quick, answering: "200 OK", on: loop)
                try await notifier.taskChanged(task("hello", .succeeded))
            }
            _ = try await Post.take(from: quick, answering: "200 OK", on: loop)
            #expect(!slow.hasArrivals)
        }
    }

    @Test func anAnswerThatDoesNotComeIsWaitedForNoLongerThanTenSeconds() async throws {
        let clock = ManualClock()
        try await withLoop(clock) { try await Self.late(clock, on: $0) }
    }

    private static func late(_ clock: ManualClock, on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        try await withNotifier([target("one", server)], on: loop) { notifier, _ in
            try await notifier.taskChanged(task("hello", .succeeded))
            let silent = try await server.accept(patience: .seconds(3600), on: loop)
            defer { silent.close(on: loop) }
            _ = try await silent.read(through: "}}", on: loop)
            clock.advance(by: .milliseconds(9_999))
            #expect(try await notifier.list().notifications[0].attempts == 0)
            clock.advance(by: .milliseconds(1))
            try await eventually("it was given up for this time") {
                let record = try await notifier.list().notifications[0]
                return record.attempts == 1 && record.state == .pending && record.nextAt != nil
            }
        }
    }

    @Test func ofWhatWaitsForOneWhoDoesNotAnswerTheOldestIsGivenUp() async throws {
        let clock = ManualClock()
        try await withLoop(clock) { try await Self.crowded(clock, on: $0) }
    }

    private static func crowded(_ clock: ManualClock, on loop: isolated EventLoop) async throws {
        let (slow, quick) = (try ScriptedServer(on: loop), try ScriptedServer(on: loop))
        defer {
            slow.close(on: loop)
            quick.close(on: loop)
        }
        let both = [try target("slow", slow, mostWaiting: 3), try target("quick", quick, mostWaiting: 3)]
        try await withNotifier(both, on: loop) { notifier, _ in
            let tasks = (0..<6).map { _ in task("hello", .succeeded) }
            try await notifier.taskChanged(tasks[0])
            let silent = try await slow.accept(patience: .seconds(3600), on: loop)
            defer { silent.close(on: loop) }
            _ = try await silent.read(through: "}}", on: loop)
            for task in tasks.dropFirst() { try await notifier.taskChanged(task) }
            for _ in 0..<3 {
                // Those that wait for the other are nobody's business here.
                _ = try await Post.take(from: quick, answering: "200 OK", on: loop)
            }
            func records() async throws -> [NotificationRecord] {
                try await notifier.list().notifications.filter { $0.target == "slow" }.reversed()
            }
            let waiting = try await records()
            #expect(waiting.map(\.taskId) == tasks.map(\.id.text))
            #expect(
                waiting.map(\.state) == Array(repeating: .undeliverable, count: 3)
                    + Array(repeating: .pending, count: 3))
            let reason = "Newer ones came, and no more than 3 wait for one target."
            #expect(waiting.map(\.problem) == [reason, reason, reason, nil, nil, nil])
            let status = try #require(try await notifier.status().first)
            #expect(
                status
                    == NotificationTargetStatus(
                        name: "slow", waiting: 3, mostWaiting: 3, givenUp: 3, crowdedOut: 3))
            #expect(try await notifier.list().targets.map(\.name) == ["slow", "quick"])
            // What was on its way when it was given up does not come back when its attempt is in vain.
            clock.advance(by: .seconds(10))
            let next = try await slow.accept(patience: .seconds(3600), on: loop)
            defer { next.close(on: loop) }
            _ = try await next.read(through: "}}", on: loop)
            #expect(try await records().map(\.state) == waiting.map(\.state))
        }
    }

    @Test func howDeliveriesToATargetWentIsCountedOverRestarts() async throws {
        try await withLoop { try await Self.figures(on: $0) }
    }

    private static func figures(on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        let folder = try TemporaryFolder()
        let one = try target("one", server)
        try await withNotifier([one], in: folder, on: loop) { notifier, _ in
            for answer in ["503 Service Unavailable", "200 OK", "410 Gone", "204 No Content"] {
                if !answer.hasPrefix("200") {
                    try await notifier.taskChanged(task("hello", .succeeded))
                }
                _ = try await Post.take(from: server, answering: answer, on: loop)
            }
            try await eventually("all is known") { try await notifier.status()[0].waiting == 0 }
        }
        try await withNotifier([one], in: folder, on: loop) { notifier, _ in
            let status = try await notifier.status()
            let one = NotificationTargetStatus(
                name: "one", mostWaiting: 10_000, delivered: 2, retried: 1, givenUp: 1)
            #expect(status == [one])
        }
    }

    @Test func whatWaitsIsDeliveredInTheNextLife() async throws {
        try await withLoop { try await Self.restart(on: $0) }
    }

    private static func restart(on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        let folder = try TemporaryFolder()
        let ended = task("hello", .cancelled)
        let both = try [target("one", server), target("other", server)]
        try await withNotifier(both, in: folder, starting: false, on: loop) { notifier, store in
            // In the transaction of somebody else, behind which the server ends.
            try await store.write { db in try notifier.add(ended, in: db) }
        }
        try await withNotifier([target("one", server)], in: folder, on: loop) { notifier, _ in
            let post = try await Post.take(from: server, answering: "200 OK", on: loop)
            #expect(post["X-Holdfast-Event"] == "task.cancelled")
            try await eventually("it is known, and the other is given up") {
                let states = try await notifier.list().notifications.map { "\($0.target) \($0.state)" }
                return states == ["other undeliverable", "one delivered"]
            }
        }
    }

    @Test func anAttemptThatTheServersEndBreaksOffIsNone() async throws {
        try await withLoop { try await Self.brokenOff(on: $0) }
    }

    private static func brokenOff(on loop: isolated EventLoop) async throws {
        let server = try ScriptedServer(on: loop)
        defer { server.close(on: loop) }
        let folder = try TemporaryFolder()
        let target = try target("one", server)
        try await withNotifier([target], in: folder, on: loop) { notifier, _ in
            try await notifier.taskChanged(task("hello", .succeeded))
            let silent = try await server.accept(on: loop)
            defer { silent.close(on: loop) }
            _ = try await silent.read(through: "}}", on: loop)
            // Its courier waits for an answer when it is stopped.
            await notifier.stop()
            let record = try await notifier.list().notifications[0]
            #expect(record.attempts == 0)
            #expect(record.state == .pending)
        }
        try await withNotifier([target], in: folder, on: loop) { notifier, _ in
            _ = try await Post.take(from: server, answering: "200 OK", on: loop)
            try await eventually("it is known") {
                try await notifier.list().notifications.map(\.state) == [.delivered]
            }
        }
    }

    // MARK: Details

    private static func target(
        _ name: String, _ server: ScriptedServer, workflows: [TextPattern] = [], mostWaiting: Int = 10_000
    ) throws -> NotificationTarget {
        let url = try URLAddress("http://\(server.address)/hook")
        return try #require(
            NotificationTarget(
                name: name, url: url, secret: secret, workflows: workflows, mostWaiting: mostWaiting))
    }

    private static func task(_ workflow: String, _ status: TaskStatus, _ sentence: String? = nil)
        -> TaskRecord
    {
        var task = TaskRecord(
            id: .make(), workflow: workflow, title: workflow, requirement: "", inputs: [:], priority: 0,
            testMode: false, maxDuration: 600, origin: .person, owner: nil, retryOf: nil, phases: [],
            createdAt: .now)
        task.status = status
        task.sentence = sentence
        return task
    }

    private static func withNotifier(
        _ targets: [NotificationTarget], in folder: TemporaryFolder? = nil, starting: Bool = true,
        on loop: isolated EventLoop,
        _ body: (Notifier, Store) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let store = try Store(folder: folder.path, migrations: TriggerMigrations.all)
        var plan = NotificationPlan()
        plan.first = .milliseconds(5)
        let notifier = Notifier(targets, from: store, over: Dialler(), plan: plan, on: loop)
        let result: Result<Void, any Error>
        do {
            if starting { try await notifier.start() }
            try await body(notifier, store)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await notifier.stop()
        await store.close()
        try result.get()
    }
}

/// A request as a scripted server has read it.
private struct Post {
    let head: String
    let body: [UInt8]

    static func take(
        from server: ScriptedServer, answering answer: String, on loop: isolated EventLoop
    ) async throws -> Post {
        let peer = try await server.accept(on: loop)
        defer { peer.close(on: loop) }
        let head = try await peer.read(through: "\r\n\r\n", on: loop)
        let length = try #require(Post(head: head, body: [])["Content-Length"].flatMap { Int($0) })
        let body = try await peer.read(length, on: loop)
        try await peer.send("HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n", on: loop)
        return Post(head: head, body: body)
    }

    subscript(name: String) -> String? {
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name.lowercased()): ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }
}
