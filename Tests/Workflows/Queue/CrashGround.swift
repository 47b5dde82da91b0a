import Loop
import Sessions
import Store
import TestKit
import Testing

@testable import Workflows

/// An engine on a store and a loop of its own, with one workflow, `only`. It ends as the server has it end.
struct CrashGround {
    let engine: TaskEngine
    let store: Store
    let folder: String
    let loop: EventLoop

    /// - Parameters:
    ///   - script: what the workflow runs.
    ///   - prepare: what is there before the engine starts.
    static func run(
        script: String = "true", concurrency: Int = 4,
        prepare: (Store, _ folder: String) async throws -> Void = { _, _ in },
        _ body: (CrashGround, isolated EventLoop) async throws -> Void
    ) async throws {
        _ = try Nursery.shared()
        let folder = try TemporaryFolder()
        let store = try Store(
            folder: folder.file("data"),
            migrations: TaskTable.migrations + EventTable.migrations + TaskQueueTable.migrations)
        let group = try LoopGroup(count: 1)
        let pool = try Offload(name: "engine", threads: 2, capacity: 100)
        let workflows = WorkflowFolder(folder.file("workflows"))
        _ = try WorkflowFolder.installExamples(in: folder.file("workflows"))
        try folder.write("phases: {one: {run: [sh, -c, '\(script)']}}", to: "workflows/only.yaml")
        _ = workflows.reload()
        let sessions = Sessions(loops: group.loops, audit: NoTrail()) { Issue.record("\($0)") }
        let engine = TaskEngine(
            setting(concurrency, in: folder.path), workflows: workflows, store: store, sessions: sessions,
            offload: pool, folders: pool, loops: group.loops
        ) { task, reason in Issue.record("\(task) is not stored: \(reason)") }
        let result: Result<Void, any Error>
        do {
            try await prepare(store, folder.path)
            _ = try await engine.start()
            await engine.begin()
            let ground = CrashGround(
                engine: engine, store: store, folder: folder.path, loop: group.loops[0])
            try await body(ground, group.loops[0])
            result = .success(())
        } catch { result = .failure(error) }
        await engine.stopBeginning()
        #expect(await sessions.drain(within: .seconds(20)).isEmpty)
        await engine.close()
        pool.stop()
        await store.close()
        await group.stop()
        try result.get()
    }

    static func setting(_ concurrency: Int, in folder: String) -> TaskSetting {
        TaskSetting(
            concurrency: concurrency, ladder: PhaseGround.quick,
            environment: ["PATH": "/usr/bin:/bin", "FOLDER": folder], folder: folder)
    }

    func stored(_ id: TaskID) async throws -> TaskRecord {
        try #require(try await store.read { try TaskTable.task(id, in: $0) }).record
    }

    /// Waits until a task is over.
    func end(of id: TaskID, on loop: isolated EventLoop) async throws -> TaskRecord {
        let deadline = loop.now + .seconds(20)
        while true {
            let record = try await stored(id)
            if record.status.isOver { return record }
            try #require(loop.now < deadline, "\(id) does not end")
            await loop.sleep(until: loop.now + .milliseconds(5))
        }
    }
}
