import CLinux
import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite(.timeLimit(.minutes(1))) struct ListenerTests {
    @Test func aPortThatIsListenedToIsRefusedToASecond() async throws {
        try await withServer { server, _ in
            let group = try LoopGroup(count: 1)
            let second = Listener(
                ScriptedService(standard), policy: TransportPolicy(), admission: Admission(),
                loops: group.loops)
            await #expect(throws: SystemError("bind \(server.address)", code: EADDRINUSE)) {
                _ = try await second.start(on: server.address)
            }
            await group.stop()
        }
    }

    @Test func anIPv6AddressIsServed() async throws {
        try await withServer(at: "[::1]:0") { server, loop in
            let client = try await TestClient.connect("ws://[::1]:\(server.address.port)/socket", on: loop)
            client.send("hello", on: loop)
            #expect(try await client.text(on: loop) == "hello")
            try await client.close(on: loop)
        }
    }

    @Test(arguments: [(3, 100), (100, 3)])
    func whoComesWhenAllPlacesAreTakenIsAnswered503(connections: Int, perHost: Int) async throws {
        try await withServer(connections: connections, perHost: perHost) { server, loop in
            var peers: [ScriptedPeer] = []
            for _ in 0..<3 {
                let peer = try await server.connect(on: loop)
                try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
                _ = try await peer.answer(on: loop)
                peers.append(peer)
            }
            let late = try await server.connect(on: loop)
            #expect(try await late.answer(on: loop).head.hasPrefix("HTTP/1.1 503 "))
            late.close(on: loop)
            #expect(server.traffic.turnedAway == 1)
            peers[0].close(on: loop)
            try await eventually("a place was free") { server.traffic.open == 2 }
            let next = try await server.connect(on: loop)
            try await next.send("GET /b HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            #expect(try await next.answer(on: loop).body == "/b")
            for peer in peers + [next] { peer.close(on: loop) }
        }
    }

    @Test func drainingClosesTheIdleAndFinishesTheBusy() async throws {
        let gate = Gate()
        try await withServer(
            stops: true,
            answering: { request, loop in
                if request.head.target.path == "/busy" { await gate.pass(on: loop) }
                return await standard(request, loop)
            }
        ) { server, loop in
            let idle = try await server.connect(on: loop)
            try await idle.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await idle.answer(on: loop)
            let busy = try await server.connect(on: loop)
            let request = "GET /busy HTTP/1.1\r\nHost: h\r\n\r\n"
            try await busy.send(request, on: loop)
            try await server.received(28 + request.utf8.count)
            await server.listener.stopAccepting()
            let drained = Task { await server.listener.drain(until: SystemClock().now + .seconds(10)) }
            #expect(try await idle.readToEnd(on: loop) == [])
            idle.close(on: loop)
            gate.open()
            let (head, body) = try await busy.answer(on: loop)
            #expect(body == "/busy")
            #expect(head.contains("Connection: close\r\n"))
            #expect(try await busy.readToEnd(on: loop) == [])
            busy.close(on: loop)
            #expect(await drained.value == 0)
        }
    }

    @Test func whatWasAskedBeforeItStopsIsAnswered() async throws {
        let gate = try WakeUp()
        let isHeld = Recorded<Bool>()
        let request = "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"
        try await withServer(stops: true) { server, loop in
            let known = try await server.connect(on: loop)
            try await known.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            _ = try await known.answer(on: loop)
            let stopping = Task {
                await stop(server.listener, behind: gate, noting: isHeld, on: server.loop)
            }
            try await eventually("the loop is held") { !isHeld.all.isEmpty }
            // Neither the request nor the connection is known to the server when it stops.
            try await known.send(request, on: loop)
            let unknown = try await server.connect(on: loop)
            try await unknown.send(request, on: loop)
            gate.signal()
            for peer in [known, unknown] {
                let (head, body) = try await peer.answer(on: loop)
                #expect(body == "/b")
                #expect(head.contains("Connection: close\r\n"))
                peer.close(on: loop)
            }
            #expect(await stopping.value == 0)
        }
    }

    @Test func answersThatThePeerHasYetToTakeAreFinished() async throws {
        try await withServer(stops: true) { server, loop in
            let peer = try await server.connect(on: loop)
            let request = "GET /\(String(repeating: "a", count: 1000)) HTTP/1.1\r\nHost: h\r\n\r\n"
            try await peer.send(request, on: loop)
            let (head, body) = try await peer.answer(on: loop)
            let size = head.utf8.count + body.utf8.count
            let asked = try await peer.askUntilAnswersWait(request, answer: size, of: server, on: loop)
            // This one is not heard before those are taken.
            try await peer.send(request, on: loop)
            await server.listener.stopAccepting()
            let drained = Task { await server.listener.drain(until: SystemClock().now + .seconds(10)) }
            let rest = try await peer.readToEnd(on: loop)
            // All are answered, and the last says that it is, unless it was begun before the drain.
            let whole = (asked + 1) * size
            #expect([whole, whole + "Connection: close\r\n".utf8.count].contains(rest.count))
            peer.close(on: loop)
            #expect(await drained.value == 0)
        }
    }

    @Test func whoWaitsInVainIsToldBeforeTheDeadline() async throws {
        try await withServer(isManual: true, stops: true) { server, loop in
            let request = "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"
            let busy = try await server.connect(on: loop)
            try await busy.send(request, on: loop)
            let begun = try await server.connect(on: loop)
            try await begun.send("GET /be", on: loop)
            try await server.received(request.utf8.count + 7)
            let deadline = server.clock.now + .seconds(5)
            let drained = Task {
                await server.listener.stopAccepting()
                return await server.listener.drain(until: deadline)
            }
            // One that has not asked whole is not waited for.
            #expect(try await begun.answer(on: loop).head.hasPrefix("HTTP/1.1 503 "))
            begun.close(on: loop)
            try await eventually("it is gone") { server.traffic.open == 1 }
            // That of the request, and that of the drain.
            try await eventually("the other is waited for") { await server.loop.holdings.timers == 2 }
            server.clock.advance(by: .seconds(4))
            #expect(try await busy.answer(on: loop).head.hasPrefix("HTTP/1.1 503 "))
            busy.close(on: loop)
            #expect(await drained.value == 0)
        }
    }

    @Test func whatIsNotDoneAtTheDeadlineIsCut() async throws {
        try await withServer(isManual: true, stops: true) { server, loop in
            let busy = try await server.connect(on: loop)
            try await busy.send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
            try await server.received(30)
            let deadline = server.clock.now + .seconds(5)
            let drained = Task { await server.listener.drain(until: deadline) }
            try await eventually("nobody is taken any more") {
                guard let late = try? await server.connect(on: loop) else { return true }
                late.close(on: loop)
                return false
            }
            server.clock.advance(by: .seconds(5))
            #expect(await drained.value == 1)
            try await busy.awaitGone(on: loop)
            busy.close(on: loop)
        }
    }

    @Test func whenDescriptorsRunOutItSaysSoAndGoesOnLater() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            let troubles = Recorded<CInt>()
            let group = try LoopGroup(count: 1)
            let policy = TransportPolicy()
            let listener = Listener(
                ScriptedService(standard), policy: policy, admission: Admission(traffic: policy.traffic),
                loops: group.loops
            ) { troubles.append($0.code) }
            let address = try await listener.start(on: try #require(SocketAddress(parsing: "127.0.0.1:0")))
            try await runOut(of: address, policy.traffic, troubles, on: group.loops[0])
            await listener.stopAccepting()
            await listener.drain(until: SystemClock().now + .seconds(5))
            await group.stop()
        }
        if result?.exitStatus != .exitCode(0) {
            Issue.record("\(String(decoding: result?.standardErrorContent ?? [], as: UTF8.self))")
        }
    }
}

/// Stops without the loop having a turn between the opening of the gate and that: how many had to be cut.
private func stop(
    _ listener: Listener, behind gate: WakeUp, noting isHeld: Recorded<Bool>, on loop: isolated EventLoop
) async -> Int {
    isHeld.append(true)
    var waiting = pollfd(fd: gate.raw, events: Int16(POLLIN), revents: 0)
    unsafe _ = poll(&waiting, 1, 10_000)
    await listener.stopAccepting()
    return await listener.drain(until: SystemClock().now + .seconds(10))
}

/// Has all descriptors taken, connects, and gives some back.
private func runOut(
    of address: SocketAddress, _ traffic: Traffic, _ troubles: Recorded<CInt>, on loop: isolated EventLoop
) async throws {
    var limit = rlimit(rlim_cur: 128, rlim_max: 128)
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
        throw TestFailure("setrlimit")
    }
    var spare: [CInt] = []
    while case let raw = dup(0), raw >= 0 { spare.append(raw) }
    // One for the client's end; none is left for the server's.
    close(spare.removeLast())
    let peer = try await ScriptedPeer.connect(to: address, on: loop)
    try await peer.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n", on: loop)
    // Not by Task.sleep: what that is made of wants a descriptor of its own, and ends the program without.
    let deadline = loop.clock.now + .seconds(10)
    while troubles.all.count < 2, loop.now < deadline { await loop.sleep(until: loop.now + .milliseconds(5)) }
    guard troubles.all.allSatisfy({ $0 == EMFILE }), (2..<20).contains(troubles.all.count) else {
        throw TestFailure("\(troubles.all)")
    }
    for raw in spare { close(raw) }
    guard try await peer.answer(on: loop).body == "/a" else { throw TestFailure("no answer") }
    peer.close(on: loop)
}
