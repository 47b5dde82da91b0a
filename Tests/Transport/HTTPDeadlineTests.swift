import Loop
import TestKit
import Testing
import Transport
import Wire

/// Every wait of a connection, on a clock that is turned by hand.
@Suite(.timeLimit(.minutes(1))) struct HTTPDeadlineTests {
    @Test func aHeadThatDoesNotComeInTimeIsAnswered408() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET / HTTP", on: loop)
            try await server.received(10)
            server.clock.advance(by: .seconds(10))
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 408 "))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func aSlowSecondHeadHasADeadlineOfItsOwn() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await peer.answer(on: loop)
            server.clock.advance(by: .seconds(60))
            try await peer.send("GET", on: loop)
            try await server.received(29)
            server.clock.advance(by: .seconds(10))
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 408 "))
            peer.close(on: loop)
        }
    }

    @Test func oneThatNeverSpeaksIsClosed() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await eventually("it was taken") { server.traffic.open == 1 }
            server.clock.advance(by: .seconds(10))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func anIdleConnectionIsClosedAfterAWhile() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await peer.answer(on: loop)
            server.clock.advance(by: .seconds(74))
            try await peer.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            #expect(try await peer.answer(on: loop).body == "/b")
            server.clock.advance(by: .seconds(75))
            let rest = String(decoding: try await peer.readToEnd(on: loop), as: UTF8.self)
            #expect(rest == "")
            peer.close(on: loop)
        }
    }

    @Test func aBodyThatStopsComingIsAnswered408() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            let head = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n"
            try await peer.send(head, on: loop)
            try await server.received(head.utf8.count)
            server.clock.advance(by: .seconds(29))
            try await peer.send("hello", on: loop)
            try await server.received(head.utf8.count + 5)
            server.clock.advance(by: .seconds(29))
            try await peer.send("x", on: loop)
            try await server.received(head.utf8.count + 6)
            server.clock.advance(by: .seconds(30))
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 408 "))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test func aHandlerThatTakesTooLongIsGivenUp() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            try await server.received(30)
            server.clock.advance(by: .seconds(60))
            #expect(try await peer.answer(on: loop).head.hasPrefix("HTTP/1.1 503 "))
            #expect(try await peer.readToEnd(on: loop) == [])
            peer.close(on: loop)
        }
    }

    @Test(arguments: ["/large", "/stream"])
    func onePeerThatReadsNothingIsGivenUp(path: String) async throws {
        try await withServer(
            isManual: true,
            answering: { request, loop in
                guard request.head.target.path == "/stream" else { return await standard(request, loop) }
                return Response(.ok, body: .stream(Fountain()))
            }
        ) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            try await eventually("it was asked") { server.traffic.sent > 0 }
            // Until the kernel takes no more, each turn of the clock finds some progress.
            try await eventually("it was given up") {
                server.clock.advance(by: .seconds(31))
                return server.service.outcomes.all.last?.end == .notReading
            }
            peer.close(on: loop)
        }
    }

    /// Each time the loop is two seconds late.
    @Test func onePeerThatReadsNothingFromALoopThatIsAlwaysLateIsGivenUpToo() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /large HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            try await eventually("it was asked") { server.traffic.sent > 0 }
            try await eventually("it was given up") {
                await server.pass(.seconds(32))
                return server.service.outcomes.all.last?.end == .notReading
            }
            peer.close(on: loop)
        }
    }

    @Test func onePeerThatDoesNotEndItsSideIsNotWaitedFor() async throws {
        try await withServer(isManual: true) { server, loop in
            let peer = try await server.connect(on: loop)
            try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", on: loop)
            _ = try await peer.answer(on: loop)
            #expect(try await peer.readToEnd(on: loop) == [])
            #expect(server.traffic.open == 1)
            server.clock.advance(by: .seconds(2))
            try await server.hasClosedAll()
            peer.close(on: loop)
        }
    }
}

/// Says more whenever the socket takes more.
private final class Fountain: ResponseSource {
    private let water = [UInt8](repeating: 120, count: 64 << 10)

    func opened(_ stream: ResponseStream, on loop: isolated EventLoop) { pour(stream, on: loop) }
    func drained(_ stream: ResponseStream, on loop: isolated EventLoop) { pour(stream, on: loop) }
    func ended(_ stream: ResponseStream, _ end: ResponseEnd, on loop: isolated EventLoop) {}

    private func pour(_ stream: ResponseStream, on loop: isolated EventLoop) {
        unsafe water.withUnsafeBytes { unsafe stream.write($0, on: loop) }
    }
}
