import Loop
import TestKit
import Testing
import Transport
import Wire

/// A reset, the rudest of ends, in every phase of a connection: afterwards nothing more may be held than before,
/// which `withServer` makes sure of.
@Suite(.timeLimit(.minutes(1))) struct ResetTests {
    private static let rounds = 100

    private func reset(
        after prepare: @Sendable (ScriptedPeer, isolated EventLoop) async throws -> Void
    ) async throws {
        try await withServer { server, loop in
            for _ in 0..<Self.rounds {
                let peer = try await server.connect(on: loop)
                try await prepare(peer, loop)
                peer.reset(on: loop)
            }
            try await eventually("all were taken") { server.traffic.accepted == Self.rounds }
            try await server.hasClosedAll()
            #expect(server.traffic.webSockets == 0)
        }
    }

    @Test func beforeTheFirstByte() async throws { try await reset { _, _ in } }

    @Test func inTheMidstOfAHead() async throws {
        try await reset { peer, loop in try await peer.send("GET / HTTP/1.1\r\nHo", on: loop) }
    }

    @Test func inTheMidstOfABody() async throws {
        try await reset { peer, loop in
            try await peer.send("POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhel", on: loop)
        }
    }

    @Test func whileTheHandlerWorks() async throws {
        try await reset { peer, loop in
            try await peer.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
        }
    }

    @Test func inTheMidstOfAnAnswer() async throws {
        try await reset { peer, loop in
            try await peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await peer.read(through: "\r\n\r\n", on: loop)
        }
    }

    @Test func inTheMidstOfAStream() async throws {
        try await reset { peer, loop in
            try await peer.send("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await peer.read(through: "data: hello\n\n", on: loop)
        }
    }

    @Test func betweenTwoRequests() async throws {
        try await reset { peer, loop in
            try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await peer.answer(on: loop)
        }
    }

    @Test func afterTheLastAnswer() async throws {
        try await reset { peer, loop in
            try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", on: loop)
            _ = try await peer.readToEnd(on: loop)
        }
    }

    @Test func inTheMidstOfAHandshake() async throws {
        try await reset { peer, loop in try await peer.send(upgradeRequest("/socket"), on: loop) }
    }

    @Test func ofAnOpenWebSocket() async throws {
        try await reset { peer, loop in try await peer.upgrade(on: loop) }
    }

    @Test func ofAWebSocketInTheMidstOfAFrame() async throws {
        try await reset { peer, loop in
            try await peer.upgrade(on: loop)
            try await peer.send([0x82, 0xFE, 1, 0, 0, 0, 0, 0, 1, 2, 3], on: loop)
        }
    }

    @Test func ofAWebSocketThatWaitsForItsPeerToClose() async throws {
        try await reset { peer, loop in
            try await peer.upgrade(on: loop)
            try await peer.send([0x88, 0x80, 0, 0, 0, 0], on: loop)
            try await peer.expect([0x88, 0], on: loop)
        }
    }
}
