import Loop
import Synchronization
import TestKit
import Testing
import Transport
import Wire

/// A server that answers as a test says.
final class ScriptedService: RequestHandler {
    typealias Answer = @Sendable (Request, isolated EventLoop) async -> Response

    /// How an exchange came out: its status and its end.
    struct Outcome: Equatable, Sendable {
        /// Nil where nothing was answered.
        let status: UInt16?
        let end: ResponseEnd
    }

    let outcomes = Recorded<Outcome>()
    /// Why connections ended that did not become WebSockets.
    let ends = Recorded<ConnectionEnd>()
    private let answer: Answer

    init(_ answer: @escaping Answer) { self.answer = answer }

    func opened(_ connection: Connection, on loop: isolated EventLoop) -> (any ConnectionKeeper)? {
        Keeper(ends)
    }

    func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        await answer(request, loop)
    }

    func finished(_ exchange: Exchange, on loop: isolated EventLoop) {
        outcomes.append(Outcome(status: exchange.status?.code, end: exchange.end))
    }
}

/// Writes down why its connection ended.
private final class Keeper: ConnectionKeeper {
    private let ends: Recorded<ConnectionEnd>

    init(_ ends: Recorded<ConnectionEnd>) { self.ends = ends }

    func ended(_ end: ConnectionEnd, on loop: isolated EventLoop) { ends.append(end) }
    func handlerEnded(on loop: isolated EventLoop) {}
}

/// What came from loops, in order.
final class Recorded<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func append(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

/// A server that listens, and what a test needs to look at it from outside.
struct TestServer: Sendable {
    let address: SocketAddress
    let listener: Listener
    let service: ScriptedService
    let loop: EventLoop
    /// Turned by hand where the test said so.
    let clock: ManualClock

    var traffic: Traffic { listener.policy.traffic }

    func connect(on loop: isolated EventLoop) async throws -> ScriptedPeer {
        try await ScriptedPeer.connect(to: address, on: loop)
    }

    /// Waits until the server has got so many bytes in all.
    func received(_ count: Int) async throws {
        try await eventually("the server received \(count) bytes") { traffic.received >= count }
    }

    /// Turns the clock, and comes back when the server's loop has done all that was due by then.
    func pass(_ span: Duration) async {
        clock.advance(by: span)
        while await loop.now < clock.now { await Task.yield() }
        // What is due is done before the next job.
        for _ in 0..<3 { _ = await loop.holdings }
    }

    func hasClosedAll() async throws {
        try await eventually("every connection was closed") { traffic.open == 0 }
    }
}

extension ScriptedPeer {
    /// Asks again and again, a few requests at a time, and reads no answer, until answers of `size` bytes wait in the
    /// server for their peer to take them. Returns how many were asked for.
    @discardableResult
    func askUntilAnswersWait(
        _ request: String, answer size: Int, of server: TestServer, on loop: isolated EventLoop
    ) async throws -> Int {
        let batch = String(repeating: request, count: 8)
        // What was answered before is counted when its turn is over.
        _ = await server.loop.holdings
        let (received, sent) = (server.traffic.received, server.traffic.sent)
        var asked = 0
        repeat {
            try await send(batch, on: loop)
            asked += 8
            try await server.received(received + asked * request.utf8.count)
            // The turn in which they were heard is over, and what the kernel takes is written.
            _ = await server.loop.holdings
        } while server.traffic.sent == sent + asked * size
        return asked
    }
}

/// Runs `body` against a server, on a loop of its own whose clock runs; afterwards the server must hold what it
/// held before (unless `body` stops it), and nothing at all once it has stopped.
func withServer(
    at address: String = "127.0.0.1:0", isManual: Bool = false, connections: Int = 10_000,
    perHost: Int = 10_000, stops: Bool = false, tls: TLSContext? = nil,
    values change: (inout TransportPolicy.Values) -> Void = { _ in },
    answering answer: @escaping ScriptedService.Answer = standard,
    _ body: @Sendable (TestServer, isolated EventLoop) async throws -> Void
) async throws {
    let clock = ManualClock()
    let group = try LoopGroup(count: 1, clock: isManual ? clock as any LoopClock : SystemClock())
    let own = try LoopGroup(count: 1)
    var values = TransportPolicy.Values()
    change(&values)
    let policy = TransportPolicy(values)
    let service = ScriptedService(answer)
    let listener = Listener(
        service, policy: policy,
        admission: Admission(connections: connections, perHost: perHost, traffic: policy.traffic), tls: tls,
        loops: group.loops)
    var result: Result<Void, any Error>
    do {
        let bound = try await listener.start(on: try #require(SocketAddress(parsing: address)))
        let server = TestServer(
            address: bound, listener: listener, service: service, loop: group.loops[0], clock: clock)
        result = await run(body, server, stops, on: own.loops[0], and: group.loops[0])
    } catch {
        result = .failure(error)
    }
    await listener.stopAccepting()
    _ = await listener.drain(until: isManual ? clock.now : SystemClock().now)
    let held = await group.loops[0].holdings
    #expect(held.watches == 0)
    #expect(held.timers == 0)
    #expect(policy.traffic.open == 0)
    #expect(policy.traffic.webSockets == 0)
    await group.stop()
    await own.stop()
    try result.get()
}

private func run(
    _ body: @Sendable (TestServer, isolated EventLoop) async throws -> Void, _ server: TestServer,
    _ stops: Bool, on loop: isolated EventLoop, and other: EventLoop
) async -> Result<Void, any Error> {
    do {
        let port = server.address.port
        let baseline = await LeakCheck.port(port, [loop, other])
        try await body(server, loop)
        guard !stops else { return .success(()) }
        try await LeakCheck.settled(to: baseline) { await LeakCheck.port(port, [loop, other]) }
        return .success(())
    } catch {
        Strays.close(on: loop)
        return .failure(error)
    }
}

/// What the tests' server does unless a test says otherwise.
@Sendable func standard(_ request: Request, _ loop: isolated EventLoop) async -> Response {
    do throws(HTTPError) {
        switch request.head.target.path {
        case "/echo":
            return Response(.ok, body: .bytes(try await request.body.collect(upTo: 1 << 20, on: loop)))
        case "/ignore": return Response(.ok, body: .bytes(Array("ignored".utf8)))
        case "/wait":
            _ = await loop.sleep(until: .distantFuture)
            return Response(.ok)
        case "/large": return Response(.ok, body: .bytes([UInt8](repeating: 120, count: 16 << 20)))
        case "/stream": return Response(.ok, body: .stream(EndlessSource()))
        case "/socket": return .webSocket(try WebSocketUpgrade(request.head, handler: EchoSocket()))
        default: return Response(.ok, body: .bytes(Array(request.head.target.path.utf8)))
        }
    } catch {
        return .problem(error, id: request.id)
    }
}

/// Sends back what it hears.
final class EchoSocket: WebSocketHandler {
    func received(
        _ kind: WebSocketMessageKind, _ payload: UnsafeRawBufferPointer, from socket: WebSocket,
        on loop: isolated EventLoop
    ) {
        unsafe socket.send(kind, payload, on: loop)
    }

    func ended(_ socket: WebSocket, _ closure: WebSocketClosure, on loop: isolated EventLoop) {}
}

/// Says a line now, and then nothing until it is ended.
final class EndlessSource: ResponseSource {
    func opened(_ stream: ResponseStream, on loop: isolated EventLoop) {
        let line = Array("data: hello\n\n".utf8)
        unsafe line.withUnsafeBytes { unsafe stream.write($0, on: loop) }
    }

    func drained(_ stream: ResponseStream, on loop: isolated EventLoop) {}
    func ended(_ stream: ResponseStream, _ end: ResponseEnd, on loop: isolated EventLoop) {}
}

extension ScriptedPeer {
    /// The next answer: its head, and a body of the length that it tells.
    func answer(on loop: isolated EventLoop) async throws -> (head: String, body: String) {
        let head = try await read(through: "\r\n\r\n", on: loop)
        let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length: ") }
        let length = field.flatMap { Int($0.dropFirst(16)) } ?? 0
        return (head, String(decoding: try await read(length, on: loop), as: UTF8.self))
    }

    /// Asks to become a WebSocket and reads the answer.
    @discardableResult
    func upgrade(_ path: String = "/socket", on loop: isolated EventLoop) async throws -> String {
        try await send(upgradeRequest(path), on: loop)
        return try await read(through: "\r\n\r\n", on: loop)
    }
}

func upgradeRequest(_ path: String) -> String {
    "GET \(path) HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
}
