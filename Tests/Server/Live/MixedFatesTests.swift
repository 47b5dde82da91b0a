import Loop
import Sessions
import TestKit
import Testing
import Transport

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct MixedFatesTests {
    /// Whatever becomes of connections, each has ended once, and nothing of them is left.
    @Test(arguments: [1, 7] as [UInt64])
    func twoHundredConnectionsLeaveNothing(seed: UInt64) async throws {
        // A request whose sender has only finished its side is still answered, so it has to end by itself.
        var policy = TransportPolicy.Values()
        policy.request = .seconds(1)
        try await withLiveGround(policy: policy) { ground in
            let asker = try ground.client()
            for feed in ["a", "b"] {
                _ = try asker.request("POST /api/v1/feeds/\(feed)?window=recent", body: "1")
            }
            var before = await ground.sessions.snapshot()
            // Its answer is here before its handler has returned.
            while before.held[.task] > 0 { before = await ground.sessions.snapshot() }
            var lots = SeededRandom(seed: seed)
            var clients: [RawClient] = []
            for _ in 0..<200 {
                let client = try ground.client()
                clients.append(client)
                try Self.begin(client, by: Int(lots.next() % 9))
            }
            // Some are ended by a person, most while they are in the middle of something.
            let list = try asker.sessions()
            for session in list where lots.next() % 3 == 0 && session.id != list.first?.id {
                _ = try asker.end(session)
            }
            for client in clients {
                if lots.next() % 2 == 0 { client.reset() } else { client.cut() }
            }
            #expect(await ground.settle(before) == before)
            let totals = await ground.sessions.totals()
            let kinds = [SessionKind.connection, .websocket, .sse]
            let ended = kinds.reduce(0) { sum, kind in
                EndingReason.allCases.reduce(sum) { $0 + totals.closed(kind, $1) }
            }
            #expect(totals.opened(.connection) == 201)
            #expect(ended == 200)
            let channels = EndingReason.allCases.reduce(0) { $0 + totals.closed(.channel, $1) }
            #expect(totals.opened(.channel) == channels)
            #expect((totals.leaks, totals.overdue) == (0, 0))
        }
    }

    private static func begin(_ client: RawClient, by lot: Int) throws {
        switch lot {
        case 0: break
        case 1: try client.send(Array("GET /api".utf8))
        case 2: try client.send(Array("nonsense\r\n\r\n".utf8))
        case 3: _ = try client.request("GET /api/v1/feeds")
        case 4: try client.send("GET /api/v1/feeds", headers: "X-Wait: ever\r\n")
        case 5: try client.send("POST /api/v1/feeds/a", headers: "Content-Length: 9\r\n", body: nil)
        case 6: try client.upgrade(to: "/api/v1/ws/feeds/a?after=0")
        case 7: try client.send("GET /api/v1/feeds/a", headers: "Accept: text/event-stream\r\n")
        default:
            try client.upgrade(to: "/api/v1/ws")
            try client.say(#"{"op":"open","channel":1,"path":"/feeds/a","after":0}"#)
            try client.say(#"{"op":"open","channel":2,"path":"/feeds/b","after":0}"#)
        }
    }
}
