import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.serialized, .timeLimit(.minutes(1)))
struct ConnectionEndTests {
    @Test func itsKeeperIsToldOnceAndOfTheFirstReason() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("nonsense\r\n\r\n", on: loop)
            _ = try await peer.readToEnd(on: loop)
            peer.reset(on: loop)
            try await eventually("it was told") { !server.service.ends.all.isEmpty }
            try await server.hasClosedAll()
            let ends = server.service.ends.all
            #expect(ends.count == 1)
            guard case .malformed(.badRequest, _)? = ends.first else {
                throw TestFailure("it ended as \(ends)")
            }
        }
    }

    @Test func aPeerThatTakesNothingEndsItsConnection() async throws {
        try await withServer(values: { $0.writeStalled = .milliseconds(100) }) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            try await eventually("it was told") { !server.service.ends.all.isEmpty }
            #expect(server.service.ends.all == [.notReading])
            peer.close(on: loop)
        }
    }

    @Test func aWebSocketIsNotItsKeepersAnyMore() async throws {
        try await withServer { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.upgrade(on: loop)
            peer.close(on: loop)
            try await server.hasClosedAll()
            #expect(server.service.ends.all.isEmpty)
        }
    }

    @Test func aConnectionThatIsEndingBecomesNoWebSocket() async throws {
        let gate = Gate()
        try await withServer(
            stops: true,
            answering: { request, loop in
                await gate.pass(on: loop)
                return await standard(request, loop)
            }
        ) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send(upgradeRequest("/socket"), on: loop)
            try await server.received(upgradeRequest("/socket").utf8.count)
            let drain = Task { await server.listener.drain(until: SystemClock().now + .seconds(10)) }
            try await eventually("the listener was closed") { await server.loop.holdings.watches == 1 }
            gate.open()
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 503 "))
            peer.close(on: loop)
            _ = await drain.value
            #expect(server.service.ends.all == [.shutdown])
        }
    }
}
