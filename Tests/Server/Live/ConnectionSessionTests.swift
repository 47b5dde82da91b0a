import Loop
import Sessions
import Testing
import Transport

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ConnectionSessionTests {
    private static let bert = "X-Account: bert\r\n"

    @Test func aConnectionIsListedFromItsOpeningToItsEnd() async throws {
        try await withLiveGround { ground in
            let asker = try ground.client()
            let quiet = try ground.client()
            let list = try asker.sessions("?kind=connection", count: 2)
            let mine = try #require(list.first { $0.account == "anna" })
            #expect(mine.holds == ["descriptors": 1, "watches": 1, "timers": 1, "tasks": 1])
            let other = try #require(list.first { $0.account == nil })
            #expect((other.peer, other.phase) == ("127.0.0.1", "open"))
            #expect(other.holds == ["descriptors": 1, "watches": 1, "timers": 1])
            quiet.cut()
            #expect(try asker.sessions("?kind=connection", count: 1).map(\.id) == [mine.id])
            #expect(await ground.sessions.totals().closed(.connection, .peerLeft) == 1)
        }
    }

    /// What a peer says on its connection, and why that is over then.
    struct Fate: Sendable, CustomTestStringConvertible {
        let says: String
        var leaves = false
        let reason: EndingReason
        var testDescription: String { "\(reason.name) after “\(says.prefix(40))”\(leaves ? ", left" : "")" }

        static let all = [
            Fate(says: "GET /none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", reason: .completed),
            Fate(says: "GET /none HTTP/1.1\r\nHost: h\r\n\r\n", reason: .idle),
            Fate(says: "GET /none HTTP/1.1\r\nHost: h\r\nX-Wait: ever\r\n\r\n", reason: .deadline),
            Fate(says: "", reason: .requestTimeout),
            Fate(says: "GET / HT", reason: .requestTimeout),
            Fate(says: publishing + "12", reason: .requestTimeout),
            Fate(says: "nonsense\r\n\r\n", reason: .protocolError),
            Fate(
                says: "GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 65_536))\r\n\r\n",
                reason: .messageTooBig),
            Fate(says: "", leaves: true, reason: .peerLeft),
            Fate(says: "GET / HT", leaves: true, reason: .peerLost),
            Fate(says: publishing + "12", leaves: true, reason: .peerLost),
        ]
        static let publishing = "POST /api/v1/feeds/x HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n"
    }

    @Test(arguments: Fate.all)
    func aConnectionEndsOnceForTheReasonThatItHas(fate: Fate) async throws {
        var policy = TransportPolicy.Values()
        policy.keepAliveIdle = .milliseconds(100)
        policy.requestHead = fate.leaves ? .seconds(10) : .milliseconds(100)
        policy.requestBodyIdle = policy.requestHead
        policy.request = .milliseconds(100)
        policy.linger = .milliseconds(100)
        try await withLiveGround(loops: 1, policy: policy) { ground in
            let client = try ground.client()
            try client.send(Array(fate.says.utf8))
            if fate.leaves { client.cut() }
            let deadline = SystemClock().now + .seconds(10)
            var totals = await ground.sessions.totals()
            while Ending.closed(totals).isEmpty, SystemClock().now < deadline {
                await Task.yield()
                totals = await ground.sessions.totals()
            }
            #expect(Ending.closed(totals) == [fate.reason])
            #expect(totals.closed(.connection, fate.reason) == 1)
        }
    }

    @Test func anUpgradeGoesOnWithTheSessionOfItsConnection() async throws {
        try await withLiveGround(loops: 1) { ground in
            let asker = try ground.client()
            _ = try asker.request("POST /api/v1/feeds/x", body: "1")
            let client = try ground.client()
            _ = try client.request("GET /api/v1/feeds/x", headers: Self.bert)
            let before = try #require(asker.sessions("?account=bert").first)
            #expect(before.kind == "connection")
            try client.upgrade(to: "/api/v1/ws/feeds/x", headers: Self.bert)
            _ = try client.text()
            let after = try asker.sessions("?account=bert")
            #expect(after.map(\.id) == [before.id])
            #expect(after.map(\.since) == [before.since])
            #expect(after.map(\.kind) == ["websocket"])
            #expect(try asker.sessions().count == 2)
            // What stood for the connection is gone; the asker's is there.
            #expect(await ConnectionBodies.count(on: ground.group.loops[0]) == 1)
        }
    }

    @Test func aStreamOfEventsIsTheSessionOfItsConnection() async throws {
        try await withLiveGround(loops: 1) { ground in
            let asker = try ground.client()
            _ = try asker.request("POST /api/v1/feeds/x", body: "1")
            let client = try ground.client()
            _ = try client.request("GET /api/v1/feeds/x", headers: Self.bert)
            let before = try #require(asker.sessions("?account=bert").first)
            try client.send("GET /api/v1/feeds/x", headers: Self.bert + "Accept: text/event-stream\r\n")
            #expect(try client.head().headers["connection"] == "close")
            while try client.event().first?.hasPrefix("id: ") != true {}
            let after = try #require(asker.sessions("?account=bert").first)
            #expect((after.id, after.since, after.kind) == (before.id, before.since, "sse"))
            #expect(after.holds == ["descriptors": 1, "watches": 1, "timers": 1, "subscriptions": 1])
            #expect(try asker.end(after).status == 204)
            #expect(try client.event().first == "event: end")
            try client.awaitEnd()
            client.cut()
            #expect(try asker.sessions(count: 1).first?.kind == "connection")
            let totals = await ground.sessions.totals()
            #expect(totals.closed(.sse, .cancelled) == 1)
            #expect(Ending.closed(totals) == [.cancelled])
        }
    }

    @Test func endingAConnectionCancelsItsRequestAndSaysSo() async throws {
        try await withLiveGround { ground in
            let asker = try ground.client()
            let client = try ground.client()
            try client.send("GET /api/v1/feeds", headers: Self.bert + "X-Wait: ever\r\n")
            let busy = try #require(asker.sessions("?account=bert", count: 1).first)
            #expect(busy.holds["tasks"] == 1)
            let foreign = "X-Role: operator\r\nX-Account: carl\r\n"
            #expect(try asker.end(busy, headers: foreign).status == 403)
            #expect(try asker.end(busy).status == 204)
            let answer = try client.answer()
            #expect(answer.status == 503)
            #expect(answer.headers["connection"] == "close")
            #expect(answer.body.contains("Ended by anna"))
            try client.awaitEnd()
            client.cut()
            _ = try asker.sessions("?account=bert", count: 0)
            #expect(await ground.sessions.totals().closed(.connection, .cancelled) == 1)
        }
    }

    @Test func aConnectionIsNotOverWhileItsHandlerIsAtWork() async throws {
        try await withLiveGround { ground in
            let asker = try ground.client()
            let client = try ground.client()
            try client.send("GET /api/v1/feeds", headers: Self.bert + "X-Wait: gate\r\n")
            let busy = try #require(asker.sessions("?account=bert", count: 1).first)
            client.reset()
            var list = try asker.sessions("?account=bert")
            while list.first?.phase == "open" { list = try asker.sessions("?account=bert") }
            #expect(list.map(\.id) == [busy.id])
            #expect(list.map(\.phase) == ["closing"])
            #expect(list.map(\.holds) == [["tasks": 1]])
            ground.gate.open()
            _ = try asker.sessions("?account=bert", count: 0)
            #expect(await ground.sessions.totals().closed(.connection, .peerLost) == 1)
        }
    }

    @Test func endingAnIdleConnectionClosesIt() async throws {
        try await withLiveGround { ground in
            let asker = try ground.client()
            let client = try ground.client()
            _ = try client.request("GET /api/v1/feeds", headers: Self.bert)
            let idle = try #require(asker.sessions("?account=bert").first)
            #expect(idle.holds["tasks"] == nil)
            #expect(try asker.end(idle).status == 204)
            try client.awaitEnd()
            #expect(try asker.sessions("?account=bert").isEmpty)
            #expect(try asker.end(idle).status == 404)
        }
    }

    @Test func nobodyEndsTheConnectionOverWhichTheyAsk() async throws {
        try await withLiveGround { ground in
            let asker = try ground.client()
            let own = try #require(asker.sessions().first)
            #expect(try asker.end(own).status == 409)
            #expect(try asker.sessions().map(\.id) == [own.id])
        }
    }

    @Test func aConnectionBelongsToWhoAskedLast() async throws {
        try await withLiveGround { ground in
            let asker = try ground.client()
            let client = try ground.client()
            _ = try client.request("GET /api/v1/feeds", headers: Self.bert)
            _ = try client.request("GET /api/v1/feeds", headers: "X-Account: carl\r\n")
            #expect(try asker.sessions("?account=bert").isEmpty)
            #expect(try asker.sessions("?account=carl").count == 1)
        }
    }

    @Test func aRefusedPageIsAConnectionToItsEnd() async throws {
        try await withLiveGround(loops: 1) { ground in
            let asker = try ground.client()
            let page = try ground.listen(
                to: "/api/v1/ws/feeds/none", headers: Self.bert + "Origin: http://test\r\n")
            _ = try page.text()
            // It has not said goodbye yet.
            let list = try asker.sessions("?account=bert")
            #expect(list.map(\.kind) == ["connection"])
            #expect(list.map(\.phase) == ["closing"])
            try page.sayGoodbye()
            page.cut()
            _ = try asker.sessions("?account=bert", count: 0)
            let totals = await ground.sessions.totals()
            #expect(totals.closed(.connection, .notFound) == 1)
            #expect(totals.opened(.connection) == 2)
        }
    }

    /// A request that is under way when the server goes down is answered, each in its way.
    @Test func aShutdownLetsRequestsBeAnswered() async throws {
        try await withLiveGround(loops: 1) { ground in
            let asker = try ground.client()
            _ = try asker.request("POST /api/v1/feeds/x", body: "1")
            let wait = Self.bert + "X-Wait: drain\r\n"
            let plain = try ground.client()
            try plain.send("GET /api/v1/feeds/x", headers: wait)
            let stream = try ground.client()
            try stream.send("GET /api/v1/feeds/x", headers: wait + "Accept: text/event-stream\r\n")
            let idle = try ground.client()
            let socket = Task(executorPreference: BlockingExecutor()) {
                try ground.client().upgradeAnswer(to: "/api/v1/ws/feeds/x", headers: wait).status
            }
            _ = try asker.sessions(count: 5)
            _ = try asker.sessions("?account=bert", count: 3)
            async let left = ground.sessions.drain(within: .seconds(10))
            let answer = try plain.answer()
            #expect(answer.status == 200)
            #expect(answer.headers["connection"] == "close")
            #expect(try await socket.value == 503)
            #expect(try stream.head().status == 200)
            var events: [[String]] = []
            while let event = try? stream.event() { events.append(event) }
            #expect(events.compactMap(\.first) == ["event: end"])
            try idle.awaitEnd()
            for client in [plain, stream, idle] { client.cut() }
            #expect(await left.isEmpty)
            let totals = await ground.sessions.totals()
            #expect(totals.closed(.connection, .serverShutdown) == 5)
        }
    }
}

extension Ending {
    /// What ended sessions so far, one for each.
    static func closed(_ totals: SessionTotals) -> [EndingReason] {
        SessionKind.allCases.flatMap { kind in
            EndingReason.allCases.flatMap { Array(repeating: $0, count: totals.closed(kind, $0)) }
        }
    }
}
