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
    let builtIn: BuiltInFeeds

    init(loops: Int, limits: FeedDirectory.Limits = .init(), policy: TransportPolicy.Values = .init())
        async throws
    {
        group = try LoopGroup(count: loops)
        let faults = faults
        sessions = Sessions(loops: group.loops, audit: NoTrail()) { faults.append("\($0)") }
        feeds = FeedDirectory(limits)
        builtIn = BuiltInFeeds(in: feeds, on: group.loops[0])
        let policy = TransportPolicy(policy)
        let service = try LiveService(feeds, sessions)
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
    _ body: @escaping @Sendable (LiveGround) async throws -> Void
) async throws {
    let ground = try await LiveGround(loops: loops, limits: limits, policy: policy)
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

/// Everybody is the admin that `X-Role` does not name otherwise; pages are those of `http://test`.
private struct LiveService: RequestHandler {
    let router: Router

    init(_ feeds: FeedDirectory, _ sessions: Sessions) throws {
        let endpoints = FeedEndpoints(feeds, sessions: sessions)
        let live = LiveEndpoint([endpoints.source], sessions: sessions, mostChannels: 8)
        router = try Router(endpoints.routes + live.routes + SessionEndpoints(sessions).routes)
    }

    func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        let role = request.head.headers["X-Role"].flatMap(Role.init) ?? .admin
        let account = request.head.headers["X-Account"] ?? "anna"
        let caller = Caller(owner: SessionOwner(account: account, signIn: "s"), role: role)
        let match = router.match(request.head)
        guard case .found(let route, let parameters) = match else { return match.answer(to: request)! }
        do throws(HTTPError) {
            return try await route.handler(
                Call(request: request, parameters: parameters, caller: caller), loop)
        } catch {
            guard route.kind == .webSocket else { return .problem(error) }
            return Refusal.response(to: request, error, for: Self.asker(request))
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
