import Feeds
import Loop
import Sessions
import Testing

@testable import Server

/// Behind a proxy, what is open belongs to who asked for it and not to the proxy.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct AskerTests {
    private static let header = "X-Asker: 203.0.113.7\r\n"

    @Test func whatIsOpenIsListedUnderTheAddressOfWhoAsked() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            _ = try client.request("POST /api/v1/feeds/x", body: "1")
            for _ in 0..<4 {
                let socket = try ground.listen(to: "/api/v1/ws/feeds/x", headers: Self.header)
                let mux = try ground.listen(to: "/api/v1/ws", headers: Self.header)
                let events = try ground.client()
                try events.send(
                    "GET /api/v1/feeds/x", headers: "Accept: text/event-stream\r\n" + Self.header)
                #expect(try events.head().status == 200)
                _ = try events.event()
                let direct = try ground.listen(to: "/api/v1/ws/feeds/x")
                let peers = try client.sessions("?kind=websocket,sse", count: 4).map {
                    "\($0.kind) \($0.peer)"
                }
                #expect(
                    peers.sorted() == [
                        "sse 203.0.113.7", "websocket 127.0.0.1", "websocket 203.0.113.7",
                        "websocket 203.0.113.7",
                    ])
                // The connection over which they are listed is the proxy's, whoever asks over it.
                #expect(try client.sessions("?kind=connection", count: 1).map(\.peer) == ["127.0.0.1"])
                for client in [socket, mux, events, direct] { client.cut() }
                _ = try client.sessions("?kind=websocket,sse", count: 0)
            }
        }
    }

    @Test func aRefusedPageIsKnownByItsAddressWhileItIsToldWhy() async throws {
        try await withLiveGround(loops: 1) { ground in
            let page = try ground.listen(
                to: "/api/v1/ws/feeds/none", headers: "Origin: http://test\r\n" + Self.header)
            #expect(member("type", of: try page.text()) == #""end""#)
            let list = try ground.client().sessions("?kind=connection", count: 2)
            #expect(list.contains { $0.peer == "203.0.113.7" })
        }
    }
}
