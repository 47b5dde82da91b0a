import Loop
import Store
import TestKit
import Testing
import Wire
import Workflows

@Suite(.timeLimit(.minutes(1))) struct WebhooksTests {
    @Test func aSignedDeliveryBeginsItsTask() async throws {
        try await Door.run { door in
            let answer = try await door.knock(.push("main", id: "1"))
            #expect(answer.delivery.outcome == .accepted)
            #expect(!answer.isReplay)
            let task = try #require(door.submitter.tasks.first)
            #expect(answer.delivery.taskId == task.id)
            #expect(task.workflow == "build-and-test")
            #expect(task.inputs == ["branch": .text("refs/heads/main"), "count": .number(2)])
            #expect(task.requirement == "Build what ada pushed.")
            #expect(task.origin == .webhook)
        }
    }

    @Test func theSameDeliveryAgainIsAnsweredTheSameAndBeginsNothing() async throws {
        try await Door.run { door in
            let first = try await door.knock(.push("main", id: "1"))
            let again = try await door.knock(.push("main", id: "1"))
            #expect(again.isReplay)
            #expect(again.delivery == first.delivery)
            try await door.restart()
            #expect(try await door.knock(.push("main", id: "1")).isReplay)
            // The id is not signed: the same body under another one is what somebody overheard.
            #expect(try await door.knock(.push("main", id: "2")).delivery == first.delivery)
            #expect(door.submitter.wanted.count == 1)
            #expect(try await !door.knock(.push("main", id: "3", by: "bob")).isReplay)
            #expect(door.submitter.tasks.count == 2)
        }
    }

    @Test func manyOfOneAtOnceBeginOneTask() async throws {
        try await Door.run { door in
            let webhooks = door.webhooks
            let request = Knock.push("main", id: "1").signed
            let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await webhooks.receive(request, for: "hub").delivery.number }
                }
                return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
            }
            #expect(numbers.count == 1)
            #expect(door.submitter.tasks.count == 1)
        }
    }

    /// However old it was when its source was dropped.
    @Test func whatCameFromASourceThatIsNoMoreGoesAMonthBehindTheFirstStartWithoutIt() async throws {
        try await Door.run { door in
            _ = try await door.knock(.push("main", id: "1"))
            let start = { (days: Int64, isThere: Bool) in
                let time = Timestamp(milliseconds: Timestamp.now.milliseconds + days * 86_400_000)
                let later = try door.webhooks(isThere ? nil : [], at: time)
                try await later.forget()
                return try await later.deliveries().count
            }
            // It is there for a hundred days, gone for less than a month, there again, and gone.
            for (days, isThere, left) in [
                (100, true, 1), (101, false, 1), (130, false, 1), (140, true, 1), (150, false, 1),
                (179, false, 1), (181, false, 0), (182, false, 0),
            ] as [(Int64, Bool, Int)] {
                let count = try await start(days, isThere)
                #expect(count == left, "day \(days)")
            }
            #expect(try await door.store.count("select count(*) from webhook_source_gone") == 0)
        }
    }

    @Test func whatNoMappingWantsIsIgnoredAndSaysWhy() async throws {
        try await Door.run { door in
            let other = try await door.knock(Knock(event: "issues", id: "1", body: "{}"))
            #expect(other.delivery.outcome == .ignored)
            #expect(other.delivery.sentence == "No mapping fits this event “issues”.")
            #expect(try await door.knock(.push("side", id: "2")).delivery.outcome == .ignored)
            #expect(door.submitter.wanted.isEmpty)
        }
    }

    @Test func whoCannotSignIsRefusedAndTakesNoId() async throws {
        try await Door.run { door in
            for signature in [
                nil, "sha256=00", BodySignature.make(of: Array("{}".utf8), secret: "another secret!!"),
            ] {
                var knock = Knock.push("main", id: "1")
                knock.signature = .some(signature)
                await #expect(throws: TriggerError.unauthorized) { try await door.knock(knock) }
            }
            #expect(try await door.knock(.push("main", id: "1")).delivery.outcome == .accepted)
            let status = try await door.webhooks.status()
            #expect(status.sources[0].counts["refused"] == 3)
            #expect(status.recent.map(\.outcome) == [.accepted, .refused, .refused, .refused])
            #expect(status.recent[1].delivery == nil && !status.recent[1].canRedeliver)
            await #expect(throws: TriggerError.noSource("none")) {
                try await door.webhooks.receive(Knock.push("main", id: "1").signed, for: "none")
            }
        }
    }

    @Test func aBearerSourceKnowsItsTokenAndItsDeliveriesByWhatTheySay() async throws {
        try await Door.run { door in
            await #expect(throws: TriggerError.unauthorized) { try await door.send("wrong", "{}") }
            let (one, other) = (#"{"a":1}"#, #"{"a":2}"#)
            let first = try await door.send(Door.secret, one)
            #expect(first.delivery.outcome == .accepted)
            let again = try await door.send(Door.secret, one)
            #expect(again.isReplay)
            let different = try await door.send(Door.secret, other)
            #expect(!different.isReplay)
            let keyed = try await door.send(Door.secret, one, key: "x")
            #expect(!keyed.isReplay)
            #expect(door.submitter.tasks.count == 3)
        }
    }

    @Test func whatCannotBeReadIsRefusedWithItsReason() async throws {
        try await Door.run { door in
            let form = try await door.knock(Knock(event: "push", id: "1", body: "payload=%7B%7D"))
            #expect(form.delivery.outcome == .refused)
            #expect(form.delivery.sentence?.contains("application/json") == true)
            let large = Knock(event: "push", id: "2", body: String(repeating: " ", count: (1 << 20) + 1))
            await #expect(throws: TriggerError.tooLarge(limit: 1 << 20)) { try await door.knock(large) }
        }
    }

    @Test func whatCouldNotBeBegunIsTriedAgainWhenItComesAgain() async throws {
        try await Door.run { door in
            door.submitter.refuse(.unavailable("The queue is full."))
            await #expect(throws: TriggerError.unavailable("The queue is full.")) {
                try await door.knock(.push("main", id: "1"))
            }
            door.submitter.refuse(.refused("There is no such workflow."))
            let refused = try await door.knock(.push("main", id: "1"))
            #expect(refused.delivery.outcome == .failed)
            #expect(refused.delivery.sentence == "There is no such workflow.")
            door.submitter.refuse(nil)
            #expect(try await door.knock(.push("main", id: "1")).delivery.outcome == .accepted)
            #expect(try await door.webhooks.deliveries().count == 1)
        }
    }

    @Test func whatWasOpenWhenTheServerDiedIsBegunOnce() async throws {
        try await Door.run { door in
            let first = try await door.knock(.push("main", id: "1"))
            let number = first.delivery.number
            // As it stood on the disk between the two writes.
            let wanted =
                #"{"key":"webhook-\#(number)","workflow":"build-and-test","requirement":"","inputs":{},"#
                + #""priority":0,"origin":"webhook"}"#
            try await door.store.write { db in
                try db.run(
                    "update webhook_delivery set outcome = 'open', task = null, wanted = ? where number = ?",
                    wanted, number)
            }
            try await door.restart()
            #expect(try await door.webhooks.delivery(number) == first.delivery)
            #expect(door.submitter.tasks.count == 1)
        }
    }

    @Test func aDeliveryCanBeDeliveredAgainFromHere() async throws {
        try await Door.run { door in
            let first = try await door.knock(.push("main", id: "1")).delivery
            let again = try await door.webhooks.redeliver(first.number)
            #expect(again.outcome == .accepted)
            #expect(again.redeliveryOf == first.number)
            #expect(again.taskId != first.taskId)
            #expect(try await door.webhooks.redeliver(again.number).redeliveryOf == first.number)
            #expect(door.submitter.tasks.count == 3)
            await #expect(throws: TriggerError.noDelivery(99)) { try await door.webhooks.redeliver(99) }
        }
    }

    @Test func theNewestAreKeptAndStrangersPushNothingOut() async throws {
        try await Door.run(keeping: (deliveries: 5, bodies: 2)) { door in
            for number in 1...8 { _ = try await door.knock(.push("main", id: "\(number)", by: "\(number)")) }
            var stranger = Knock.push("main", id: "x")
            stranger.signature = .some(nil)
            for _ in 0..<120 { _ = try? await door.knock(stranger) }
            let all = try await door.webhooks.deliveries(limit: 1000)
            #expect(all.filter { $0.outcome == .refused }.count == 100)
            let kept = all.filter { $0.outcome == .accepted }
            #expect(kept.map(\.delivery) == ["8", "7", "6", "5", "4"])
            #expect(kept.map(\.canRedeliver) == [true, true, false, false, false])
            await #expect(throws: TriggerError.notKept(kept[4].number)) {
                try await door.webhooks.redeliver(kept[4].number)
            }
        }
    }
}

/// A delivery as GitHub sends it.
private struct Knock {
    var event: String
    var id: String
    var body: String
    /// Another one than the right one, or none.
    var signature: String??

    static func push(_ branch: String, id: String, by name: String = "ada") -> Knock {
        let body =
            #"{"ref":"refs/heads/\#(branch)","pusher":{"name":"\#(name)"},"commits":[{"n":1},{"n":2}]}"#
        return Knock(event: "push", id: id, body: body)
    }

    var signed: WebhookRequest {
        let bytes = Array(body.utf8)
        var headers: HTTPHeaders = ["X-GitHub-Event": event, "X-GitHub-Delivery": id]
        headers["X-Hub-Signature-256"] = signature ?? BodySignature.make(of: bytes, secret: Door.secret)
        return WebhookRequest(headers: headers, body: bytes)
    }
}

/// Webhooks over a database of their own, which can be closed and opened again.
private final class Door {
    static let secret = "a secret of the test"

    private let folder: TemporaryFolder
    private let keeping: (deliveries: Int, bodies: Int)
    let submitter = TestSubmitter()
    private(set) var store: Store
    private(set) var webhooks: Webhooks

    private init(keeping: (deliveries: Int, bodies: Int)) throws {
        self.keeping = keeping
        folder = try TemporaryFolder()
        store = try Store(folder: folder.path, migrations: TriggerMigrations.all)
        webhooks = Webhooks(try Self.sources, in: store, submitter: submitter, keeping: keeping)
    }

    static func run(
        keeping: (deliveries: Int, bodies: Int) = (1000, 100), _ body: (Door) async throws -> Void
    ) async throws {
        let door = try Door(keeping: keeping)
        do { try await body(door) } catch {
            await door.store.close()
            throw error
        }
        await door.store.close()
    }

    func knock(_ knock: Knock) async throws -> WebhookAnswer {
        try await webhooks.receive(knock.signed, for: "hub")
    }

    func send(_ token: String, _ body: String, key: String? = nil) async throws -> WebhookAnswer {
        var headers: HTTPHeaders = [.authorization: "Bearer \(token)"]
        if let key { headers.append("Idempotency-Key", key) }
        return try await webhooks.receive(
            WebhookRequest(headers: headers, body: Array(body.utf8)), for: "plain")
    }

    func restart() async throws {
        await store.close()
        store = try Store(folder: folder.path, migrations: TriggerMigrations.all)
        webhooks = Webhooks(try Self.sources, in: store, submitter: submitter, keeping: keeping)
        try await webhooks.recover()
    }

    /// As they are at another time; with the same sources where none are given.
    func webhooks(_ sources: [WebhookSource]?, at time: Timestamp) throws -> Webhooks {
        Webhooks(
            try sources ?? Self.sources, in: store, submitter: submitter, keeping: keeping, time: { time })
    }

    private static var sources: [WebhookSource] {
        get throws {
            let push = WebhookMapping(
                event: TextPattern("push"),
                filters: [try #require(PayloadPath("ref")): TextPattern("refs/heads/ma*")],
                workflow: "build-and-test",
                requirement: try PayloadTemplate("Build what {{ payload.pusher.name }} pushed."),
                inputs: [
                    "branch": try PayloadTemplate("{{ payload.ref }}"),
                    "count": try PayloadTemplate("{{ payload.commits.1.n }}"),
                    "missing": try PayloadTemplate("{{ payload.nothing }}"),
                ])
            let any = WebhookMapping(event: TextPattern("*"), workflow: "hello")
            return [
                try #require(WebhookSource(name: "hub", kind: .github, secret: secret, mappings: [push])),
                try #require(WebhookSource(name: "plain", kind: .bearer, secret: secret, mappings: [any])),
            ]
        }
    }
}
