import Glibc
import Loop
import Sessions
import Store
import Synchronization
import TestKit
import Testing

@testable import Workflows

/// An engine on a data folder of its own, with two loops, a real store and real processes.
final class EngineGround: Sendable {
    let engine: TaskEngine
    let sessions: Sessions
    let store: Store
    private let setting: TaskSetting
    private let group: LoopGroup
    private let pool: Offload

    static let patience = Duration.seconds(30)
    private static let quick = StopLadder(
        afterRequest: .milliseconds(100), afterTerminate: .milliseconds(100))

    private init(in data: String, _ change: (inout TaskSetting) -> Void) throws {
        signal(SIGPIPE, SIG_IGN)
        _ = try Nursery.shared()
        group = try LoopGroup(count: 2)
        pool = try Offload(name: "engine", threads: 2, capacity: 1000)
        store = try Store(
            folder: data,
            migrations: TaskTable.migrations + EventTable.migrations + TaskQueueTable.migrations)
        sessions = Sessions(loops: group.loops, audit: NoTrail()) {
            Issue.record("\(String(describing: $0))")
        }
        var setting = TaskSetting(
            ladder: Self.quick, environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"], folder: data)
        change(&setting)
        self.setting = setting
        engine = TaskEngine(
            setting, workflows: WorkflowFolder("\(data)/workflows"), store: store, sessions: sessions,
            offload: pool, folders: pool,
            loops: group.loops
        ) { Issue.record("\($0): \($1)") }
    }

    /// Runs `body` beside an engine that has started, and ends it as the server does. Nothing is left then.
    ///
    /// - Parameter prepare: makes what is there before the engine starts.
    static func run(
        in data: String, _ change: (inout TaskSetting) -> Void = { _ in },
        prepare: (Store) async throws -> Void = { _ in },
        _ body: (EngineGround, TaskEngine.Recovery) async throws -> Void
    ) async throws {
        let ground = try EngineGround(in: data, change)
        let result: Result<Void, any Error>
        do {
            try await prepare(ground.store)
            _ = try await ground.engine.openWorkflows()
            let recovery = try await ground.engine.start()
            await ground.engine.begin()
            result = .success(try await body(ground, recovery))
        } catch { result = .failure(error) }
        await ground.engine.stopBeginning()
        #expect(await ground.sessions.drain(within: .seconds(20)).isEmpty)
        await ground.engine.close()
        #expect(await ground.sessions.snapshot().held.isEmpty)
        await ground.store.close()
        await ground.group.stop()
        ground.pool.stop()
        try result.get()
    }

    /// How many texts of workflows are stored.
    func definitions() async throws -> Int { try await store.count("select count(*) from definition") }

    /// By what requests are known again.
    func requests() async throws -> [String] {
        try await store.read { try $0.all("select fingerprint from task_request") { try $0[0] } }
    }

    /// The last good texts of files, as they are stored.
    func files() async throws -> [String: WorkflowSource] {
        try await store.read { try DefinitionTable.files(in: $0).mapValues(\.source) }
    }

    /// Every text of a workflow that is stored is another from now on.
    func damageDefinitions(_ text: String) async throws {
        try await store.write { try $0.run("update definition set source = ?", Array(text.utf8)) }
    }

    /// Stores a task as versions did that kept no definition.
    func add(_ task: TaskRecord) async throws { try await store.add(task) }

    /// A task that waits is stored as one that runs, as a server leaves it that is killed.
    func storeAsRunning(_ id: TaskID) async throws {
        let task = try await engine.stored(id)
        #expect(try await store.change(task.number, to: task.record.running(), from: .pending))
    }

    func setting(concurrency: Int) -> TaskSetting {
        var setting = engine.setting.withLock { $0 }
        setting.concurrency = concurrency
        return setting
    }

    /// Has the engine take over settings that were read again.
    func apply(_ change: (inout TaskSetting) -> Void) async {
        var setting = setting
        change(&setting)
        await engine.apply(setting)
    }

    /// Waits until somebody on another thread has answered.
    func hear(_ reply: Reply<Void>) async -> Bool { await Self.hear(reply, on: group.loops[0]) }

    private static func hear(_ reply: Reply<Void>, on loop: isolated EventLoop) async -> Bool {
        if case .value = await reply.wait(until: loop.now + patience, on: loop) { true } else { false }
    }

    func stored(_ id: TaskID) async throws -> TaskRecord {
        try #require(try await store.read { try TaskTable.task(id, in: $0) }).record
    }

    func submit(
        _ workflow: String, by owner: String? = "anna", _ change: (inout TaskRequest) -> Void = { _ in }
    ) async throws -> TaskID {
        var request = TaskRequest(workflow: workflow, owner: owner)
        change(&request)
        return try await engine.submit(request).record.id
    }

    /// The task when it is over, or satisfies `condition`.
    func wait(
        for id: TaskID, until condition: @Sendable @escaping (TaskRecord) -> Bool = { $0.status.isOver },
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> TaskRecord {
        let change = Change()
        engine.board.observe { record in
            if let record, record.id == id, condition(record) { change.tell(record) }
        }
        let now = try await engine.record(id)
        if condition(now) { return now }
        guard let record = await change.wait(on: group.loops[0]) else {
            let stands = try await engine.record(id)
            Issue.record("\(id) stands at \(stands)", sourceLocation: sourceLocation)
            return stands
        }
        return record
    }

    /// The texts of what it said, as stored.
    func said(_ id: TaskID) async throws -> [String] {
        let task = try await engine.stored(id)
        var texts: [String] = []
        var next = task.firstSeq
        while next <= task.lastSeq, let batch = try await engine.events(of: task, from: next) {
            // One that lives may have said more since.
            for entry in batch.entries where entry.seq <= task.lastSeq {
                texts.append(unsafe String(decoding: entry.payload, as: UTF8.self))
            }
            next = batch.end
        }
        #expect(numbers(texts) == Array(task.firstSeq...task.lastSeq))
        return texts
    }

    /// The statuses that its `state` entries tell, without repetitions.
    func statuses(_ id: TaskID) async throws -> [String] {
        var statuses: [String] = []
        for text in try await said(id) where text.hasPrefix(#"{"type":"state""#) {
            let status = TaskStatus.allCases.first { text.contains("\"status\":\"\($0.rawValue)\"") }
            if let status, statuses.last != status.rawValue { statuses.append(status.rawValue) }
        }
        return statuses
    }

    private final class Change: Sendable {
        private let found = Mutex<TaskRecord?>(nil)
        private let reply = Reply<Void>()

        func tell(_ record: TaskRecord) {
            found.withLock { $0 = $0 ?? record }
            reply.answer(())
        }

        func wait(on loop: isolated EventLoop) async -> TaskRecord? {
            _ = await reply.wait(until: loop.now + patience, on: loop)
            return found.withLock { $0 }
        }
    }
}

/// A data folder with these workflows.
func withWorkflows(
    _ workflows: [String: String], _ body: (String) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    unsafe _ = mkdir(folder.file("workflows"), 0o755)
    for (name, text) in workflows { define(name, text, in: folder.path) }
    try await body(folder.path)
}

/// Writes a workflow's file, or takes it away.
func define(_ name: String, _ text: String?, in data: String) {
    let path = "\(data)/workflows/\(name).yaml"
    guard let text else {
        #expect(unsafe unlink(path) == 0)
        return
    }
    let file = unsafe fopen(path, "w")
    unsafe _ = fputs(text, file)
    unsafe _ = fclose(file)
}
