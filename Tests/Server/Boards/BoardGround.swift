import Configuration
import Feeds
import Glibc
import Loop
import Sessions
import Store
import TestKit
import Testing
import Transport
import Wire
import Workflows

@testable import Server

/// The server's own feeds over a real store and real sockets, on loops whose clock is turned by hand.
struct BoardGround: Sendable {
    let clock = ManualClock()
    let group: LoopGroup
    let sessions: Sessions
    let store: Store
    let engine: TaskEngine
    let directory = FeedDirectory()
    let feeds: TaskFeeds
    /// With one source, `hub`.
    let triggers: Triggers
    let port: UInt16
    private let triggerFeeds: TriggerFeeds
    private let log: LogWriter
    private let logDescriptor: CInt
    private let pool: Offload
    private let listener: Listener

    init(folder: TemporaryFolder, policy values: TransportPolicy.Values = .init()) async throws {
        group = try LoopGroup(count: 2, clock: clock)
        sessions = Sessions(loops: group.loops, audit: NoTrail()) { report in
            // By a clock that is turned while threads work, whoever waits for them is late.
            if case .leaked = report.fault { Issue.record("a leak: \(report)") }
        }
        store = try Store(
            folder: folder.file("data"),
            migrations: TaskTable.migrations + EventTable.migrations + TaskQueueTable.migrations
                + FeatureTable.migrations + TriggerMigrations.all)
        pool = try Offload(name: "offload", threads: 2, capacity: 64)
        let workflows = WorkflowFolder(folder.file("workflows"))
        _ = try WorkflowFolder.installExamples(in: folder.file("workflows"))
        _ = workflows.reload()
        engine = TaskEngine(
            TaskSetting(folder: folder.file("data")), workflows: workflows, store: store, sessions: sessions,
            offload: pool, folders: pool, loops: group.loops
        ) { Issue.record("\($0) is not stored: \($1)") }
        _ = try await engine.start()
        await engine.begin()
        feeds = TaskFeeds(of: engine, in: directory, startingAt: 1)
        let builtIn = BuiltInFeeds(in: directory, on: group.loops[0])
        logDescriptor = unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        log = try LogWriter(descriptor: logDescriptor, format: .text)
        triggers = Triggers(
            try Self.plan(in: folder), of: engine, in: store, web: WebAccess(lookingUpIn: pool), log: log)
        triggerFeeds = TriggerFeeds(of: triggers, in: directory, on: group.loops[0])
        let endpoints = (FeedEndpoints(directory), BoardEndpoints(feeds, of: engine))
        let routes = endpoints.0.routes + endpoints.1.routes
        let live = LiveEndpoint([endpoints.1.source, endpoints.0.source])
        await builtIn.publish(routes)
        let watch = SystemWatch(folder: folder.path, loops: [], thresholds: HealthThresholds())
        await builtIn.watch(
            watch, every: .seconds(2), in: pool, of: sessions,
            parts: SystemParts(store, engine, directory, triggers).all)
        feeds.start()
        try await triggers.start()
        triggerFeeds.start()
        let service = BoardService(router: try Router(routes + live.routes), sessions: sessions)
        let policy = TransportPolicy(values)
        listener = Listener(
            service, policy: policy, admission: Admission(traffic: policy.traffic), loops: group.loops)
        port = try await listener.start(on: #require(SocketAddress(parsing: "127.0.0.1:0"))).port
    }

    private static func plan(in folder: TemporaryFolder) throws -> TriggerPlan {
        let secret = folder.file("secret")
        let file = unsafe try #require(fopen(secret, "we"))
        unsafe fputs("a secret of the hub", file)
        unsafe fclose(file)
        let text =
            "webhooks: [{name: hub, kind: bearer, secret_file: '\(secret)', mappings: [{workflow: hello}]}]"
        let configuration = ConfigurationFile(path: "h.yaml", bytes: Array(text.utf8))
        return try TriggerPlan(
            SettingSources(file: configuration, environment: ["HOME": "/"]).read { Settings($0) }.settings)
    }

    /// What ends has deadlines, so time goes on meanwhile.
    func close() async {
        let turning = Task { [clock] in
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(10))
                await Task.yield()
            }
        }
        await end()
        turning.cancel()
        await turning.value
        await group.stop()
        pool.stop()
        log.stop()
        Glibc.close(logDescriptor)
    }

    private func end() async {
        await listener.stopAccepting()
        await triggers.stopBeginning()
        await engine.stopBeginning()
        _ = await sessions.drain(within: .seconds(5))
        await WebSocket.cutAll(on: group.loops)
        await listener.drain(until: clock.now)
        await feeds.stop()
        await triggerFeeds.stop()
        await directory.close()
        await triggers.stop()
        await engine.close()
        await store.close()
    }

    func listen(to path: String) throws -> RawClient {
        let client = try RawClient(port: port)
        try client.upgrade(to: path)
        return client
    }

    /// Turns the clock, and comes back when all loops have done what was due by then.
    func turn(by span: Duration) async throws {
        clock.advance(by: span)
        for loop in group.loops {
            while await loop.now < clock.now { await Task.yield() }
            // What is due is done before the next job.
            for _ in 0..<3 { _ = await loop.holdings }
        }
    }

    /// What a feed says now, as soon as it is as wanted.
    func settled(_ name: String, _ condition: (String) -> Bool) async throws -> String {
        let feed = try #require(FeedName(name).flatMap(directory.feed))
        var text = ""
        try await eventually("\(name) says it", within: .seconds(20)) {
            let message = await feed.glimpse(after: nil, limit: 1).messages.last
            text = message.map { String(decoding: $0, as: UTF8.self) } ?? ""
            if condition(text) { return true }
            clock.advance(by: .milliseconds(5))
            return false
        }
        return text
    }
}

/// Runs `body` on threads that may block.
func withBoards(
    policy: TransportPolicy.Values = .init(), _ body: @escaping @Sendable (BoardGround) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let ground = try await BoardGround(folder: folder, policy: policy)
    do {
        try await Task(executorPreference: BlockingExecutor()) { try await body(ground) }.value
    } catch {
        Issue.record(error)
    }
    await ground.close()
}

/// Everybody is an operator.
private struct BoardService: RequestHandler {
    let router: Router
    let sessions: Sessions

    func opened(_ connection: Connection, on loop: isolated EventLoop) -> (any ConnectionKeeper)? {
        ConnectionSession.open(connection, in: sessions, on: loop)
    }

    func respond(to request: Request, on loop: isolated EventLoop) async -> Response {
        let caller = Caller(owner: SessionOwner(account: "anna", signIn: "s"), role: .operators)
        guard case .found(let route, let parameters) = router.match(request.head) else {
            return Response(.notFound)
        }
        do throws(HTTPError) {
            return try await route.handler(
                Call(request: request, parameters: parameters, caller: caller, asker: nil), loop)
        } catch {
            return .problem(error)
        }
    }

    func finished(_ exchange: Exchange, on loop: isolated EventLoop) {}
}
