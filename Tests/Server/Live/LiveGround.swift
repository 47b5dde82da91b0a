import Feeds
import Loop
import Sessions
import Synchronization
import Testing
import Transport
import Wire

@testable import Server

/// Loops, sessions and feeds behind real sockets, with a router that is just large enough.
struct LiveGround: Sendable {
    let group: LoopGroup
    let sessions: Sessions
    let feeds: FeedDirectory
    let listener: Listener
    let port: UInt16
    let faults = Faults()
    /// Where an answer with `X-Wait: gate` waits, and does not heed that it is cancelled.
    let gate: AnswerGate
    let builtIn: BuiltInFeeds

    init(
        loops: Int, limits: FeedDirectory.Limits = .init(), policy: TransportPolicy.Values = .init(),
        permissions: FeedPermissions = FeedPermissions()
    ) async throws {
        group = try LoopGroup(count: loops)
        let faults = faults
        sessions = Sessions(loops: group.loops, audit: NoTrail()) { faults.append("\($0)") }
        feeds = FeedDirectory(limits)
        builtIn = BuiltInFeeds(in: feeds, on: group.loops[0])
        let policy = TransportPolicy(policy)
        let gate = AnswerGate()
        self.gate = gate
        let service = try LiveService(feeds, permissions, sessions, gate)
        let admission = Admission(traffic: policy.traffic)
        listener = Listener(service, policy: policy, admission: admission, loops: group.loops)
        port = try await listener.start(on: #require(SocketAddress(parsing: "127.0.0.1:0"))).port
    }

    func client() throws -> RawClient { try RawClient(port: port) }

    func listen(to path: String, headers: String = "") throws -> RawClient {
        let client = try client()
        try client.upgrade(to: path, headers: headers)
        return client
    }

    /// Waits until the ledger is as at the beginning: nothing held, no session.
    func settle(_ baseline: LedgerSnapshot) async -> LedgerSnapshot {
        let deadline = SystemClock().now + .seconds(10)
        while true {
            let snapshot = await sessions.snapshot()
            if snapshot == baseline || SystemClock().now > deadline { return snapshot }
            await Task.yield()
        }
    }
}

final class AnswerGate: Sendable {
    private let flag = Atomic<Bool>(false)
    func open() { flag.store(true, ordering: .releasing) }

    func pass(on loop: isolated EventLoop) async {
        while !flag.load(ordering: .acquiring) { await loop.sleep(until: loop.now + .milliseconds(1)) }
    }
}

final class Faults: Sendable {
    private let lines = Mutex<[String]>([])
    func append(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

struct NoTrail: AuditTrail {
    func record(_ entry: AuditEntry) {}
}

/// Runs `body`; afterwards every client has gone, and everything must have been given back.
func withLiveGround(
    loops: Int = 2, limits: FeedDirectory.Limits = .init(), policy: TransportPolicy.Values = .init(),
    permissions: FeedPermissions = FeedPermissions(),
    _ body: @escaping @Sendable (LiveGround) async throws -> Void
) async throws {
    let ground = try await LiveGround(loops: loops, limits: limits, policy: policy, permissions: permissions)
    let baseline = await ground.sessions.snapshot()
    do {
        try await Task(executorPreference: BlockingExecutor()) { try await body(ground) }.value
    } catch {
        Issue.record(error)
    }
    #expect(await ground.settle(baseline) == baseline)
    let copies = ground.feeds.all.map(\.log.copyCount)
    #expect(copies.allSatisfy { $0 == 0 })
    await ground.feeds.close()
    await ground.listener.stopAccepting()
    await ground.listener.drain(until: SystemClock().now + .seconds(5))
    #expect(ground.faults.all.isEmpty)
    await ground.group.stop()
}

/// The bodies that stood for the connections of one loop, as far as they are still there.
final class ConnectionBodies {
    private struct Weak { weak var body: ConnectionSession? }
    private var all: [Weak] = []

    func add(_ body: ConnectionSession) { all.append(Weak(body: body)) }

    static func count(on loop: isolated EventLoop) -> Int {
        loop.belonging(ConnectionBodies.self) { ConnectionBodies() }.all.count { $0.body != nil }
    }
}

/// Runs what blocks on threads of its own, since the pool that `async` code shares has as few as the machine.
final class BlockingExecutor: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        do {
            let thread = try LoopThread(name: "client") { [self] in
                unsafe job.runSynchronously(on: asUnownedTaskExecutor())
            }
            thread.detach()
        } catch {
            fatalError("no thread for a test's client: \(error)")
        }
    }
}

/// Everybody is the admin that `X-Role` does not name otherwise, at the address that `X-Asker` names; pages are those
/// of `http://test`. `X-Wait` makes an
/// answer wait: `ever` until it is cancelled, `drain` until the connection is told to end, `gate` for the gate.
private struct LiveService: RequestHandler {
    let router: Router
    let sessions: Sessions
    let gate: AnswerGate

    init(
        _ feeds: FeedDirectory, _ permissions: FeedPermissions, _ sessions: Sessions, _ gate: AnswerGate
    ) throws {
        self.gate = gate
        let endpoints = FeedEndpoints(feeds, permissions: permissions)
        let live = LiveEndpoint([endpoints.source], mostChannels: 8)
        self.sessions = sessions
        router = try Router(endpoints.routes + live.routes + SessionEndpoints(sessions).routes)
    }

    func opened(_ connection: Connection, on loop: isolated EventLoop) -> (any ConnectionKeeper)? {
        let session = ConnectionSession.open(connection, in: sessions, on: loop)
        loop.belonging(ConnectionBodies.self) { ConnectionBodies() }.add(session)
        return session
    }

    func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        let role = request.head.headers["X-Role"].flatMap(Role.init) ?? .admin
        let account = request.head.headers["X-Account"] ?? "anna"
        let caller = Caller(owner: SessionOwner(account: account, signIn: "s"), role: role)
        request.session?.belong(to: caller.owner)
        await wait(request, on: loop)
        let match = router.match(request.head)
        guard case .found(let route, let parameters) = match else { return match.answer(to: request)! }
        do throws(HTTPError) {
            return try await route.handler(
                Call(
                    request: request, parameters: parameters, caller: caller,
                    asker: request.head.headers["X-Asker"]), loop)
        } catch {
            guard route.kind == .webSocket else { return .problem(error) }
            return Refusal.response(
                to: request, error, for: Self.asker(request), at: request.head.headers["X-Asker"])
        }
    }

    private func wait(_ request: Request, on loop: isolated EventLoop) async {
        switch request.head.headers["X-Wait"] {
        case "ever"?: await loop.sleep(until: .distantFuture)
        case "drain"?:
            while let session = request.session, session.reason == nil {
                await loop.sleep(until: loop.now + .milliseconds(1))
            }
        case "gate"?: await Task { await gate.pass(on: loop) }.value
        default: break
        }
    }

    private static func asker(_ request: Request) -> Refusal.Asker {
        switch request.head.headers[.origin] {
        case nil: .program
        case "http://test"?: .knownPage
        default: .foreignPage
        }
    }

    func finished(_ exchange: Exchange, on loop: isolated EventLoop) {}
}
