import Glibc
import Loop
import Store
import TestKit
import Testing

@testable import Workflows

@Suite struct TaskBytesTests {
    /// Four tasks that are over, a minute apart, each with a kilobyte of artifacts, and one that is not.
    private func fill(_ store: Store) async throws -> [TaskRecord] {
        var tasks: [TaskRecord] = []
        for index in 0..<5 {
            let task = TaskRecord.sample(at: Int64(index) * 60_000)
            tasks.append(index < 4 ? task.ended(.failed) : task)
            try await store.add(tasks[index])
            let id = tasks[index].id
            try await store.write {
                try TaskSizeTable.put(FolderSize(artifacts: 1000, work: 500), of: id, in: $0)
            }
        }
        return tasks
    }

    private func total(_ store: Store) async throws -> TaskSizeTable.Total {
        let total = try await store.read { try TaskSizeTable.total(in: $0) }
        // What stands in one row is what all rows make.
        #expect(try await store.count("select coalesce(sum(bytes), 0) from task_log") == Int(total.events))
        #expect(
            try await store.count("select coalesce(sum(artifacts), 0) from task_size") == Int(total.artifacts)
        )
        #expect(try await store.count("select coalesce(sum(work), 0) from task_size") == Int(total.work))
        return total
    }

    @Test func theTasksThatEndedFirstGoUntilTheBytesHold() async throws {
        try await withTasks { store, _ in
            let tasks = try await fill(store)
            let all = try await total(store)
            #expect(all.artifacts == 4000 && all.work == 2000 && all.events > 0)
            let retention = TaskRetention(in: store)
            // What the one says that is not over takes no other's place, however much it is.
            try await store.write { try $0.run("update task_log set bytes = bytes + 1000000 where task = 5") }
            let unfinished = try await store.read { try TaskSizeTable.unfinishedEvents(in: $0) }
            #expect(unfinished > 1_000_000)
            let bound = all.events + 1_000_000 - unfinished + all.artifacts
            var bounds = TaskRetention.Bounds(bytes: bound)
            #expect(try await retention.shorten(to: bounds, at: .now).isEmpty)
            bounds.bytes = bound - 1
            // The first is being read.
            #expect(try await retention.shorten(to: bounds, at: .now, sparing: [1]).tasks == [tasks[1].id])
            #expect(try await total(store).artifacts == 3000)
            bounds.bytes = 0
            let gone = try await retention.shorten(to: bounds, at: .now)
            #expect(gone.tasks == [tasks[0].id, tasks[2].id, tasks[3].id])
            let left = try await total(store)
            #expect(left.artifacts == 0 && left.work == 0 && left.events > 0)
            #expect(try await store.count("select count(*) from task") == 1)
            #expect(try await retention.shorten(to: bounds, at: .now).isEmpty)
        }
    }

    @Test func moreThanABatchGoesToo() async throws {
        try await withTasks { store, _ in
            for index in 0..<(TaskRetention.batch * 2 + 1) {
                try await store.add(TaskRecord.sample(at: Int64(index)).ended(.succeeded))
            }
            let one = try await store.count("select bytes from task_log where task = 1")
            let bounds = TaskRetention.Bounds(bytes: Int64(one))
            let gone = try await TaskRetention(in: store).shorten(to: bounds, at: .now).tasks
            #expect(gone.count >= TaskRetention.batch * 2)
            #expect(try await total(store).events <= one)
        }
    }

    @Test(arguments: [TaskRetention.Bounds(bytes: 0), TaskRetention.Bounds(count: 0)])
    func whatIsGoneIsKnownToBeGoneWhereALaterBatchFails(_ bounds: TaskRetention.Bounds) async throws {
        try await withWorkflows([:]) { data in
            var first: TaskRecord?
            try await EngineGround.run(
                in: data,
                prepare: { store in
                    for index in 0..<(TaskRetention.batch + 5) {
                        let task = TaskRecord.sample(at: Int64(index)).ended(.succeeded)
                        if index == 0 { first = task }
                        try await store.add(task)
                    }
                    try await store.write {
                        try $0.run(
                            """
                            create trigger stuck before delete on task when old.number > 102
                                begin select raise(abort, 'stuck'); end
                            """)
                    }
                }
            ) { ground, _ in
                let engine = ground.engine
                let task = try #require(first)
                let space = Workspace(data: data, task: task.id)
                try space.make()
                let told = engine.board.removals
                await #expect(throws: StoreError.self) { try await engine.shorten(to: bounds) }
                #expect(try await ground.store.count("select count(*) from task") == 5)
                #expect(engine.board.removals == told + 1)
                unsafe #expect(access(space.path, F_OK) != 0)
            }
        }
    }

    private static let workflows = [
        "fails": """
        phases:
          a: {run: 'head -c 100000 /dev/urandom > made; exit 1', artifacts: made}
          b: {run: 'true', needs: a}
        """,
        "waits": "phases:\n  a: {run: sleep 300}\n",
        "works": "phases:\n  a: {run: 'head -c 50000 /dev/urandom > kept', artifacts: kept}\n",
    ]

    private func total(_ ground: EngineGround) async throws -> TaskSizeTable.Total {
        try await ground.store.read { try TaskSizeTable.total(in: $0) }
    }

    /// What is written down behind a task's end, once it is.
    private func total(
        _ ground: EngineGround, when isThere: (TaskSizeTable.Total) -> Bool
    ) async throws -> TaskSizeTable.Total {
        let deadline = SystemClock().now + EngineGround.patience
        while true {
            let total = try await total(ground)
            if isThere(total) { return total }
            try #require(SystemClock().now < deadline, "\(total)")
            await Task.yield()
        }
    }

    @Test func whatPhasesLeftIsMeasuredAndGoesWhenItIsTooMuch() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let first = try await ground.wait(for: ground.submit("fails"))
                _ = try await total(ground) { $0.work > 0 }
                let second = try await ground.wait(for: ground.submit("fails"))
                let running = try await ground.submit("waits")
                _ = try await ground.wait(for: running) { $0.status == .running }
                let both = try await total(ground) { $0.work >= 200_000 }
                #expect(both.work < 300_000 && both.artifacts >= 200_000)
                let engine = ground.engine
                #expect(try await engine.shortenBytes(to: .init(workBytes: both.work)).isEmpty)
                let report = try await engine.shortenBytes(to: .init(workBytes: both.work - 1))
                #expect(report == TaskRetention.Report(work: 1))
                #expect(try await total(ground).work == both.work / 2)
                await #expect(throws: TaskError.self) {
                    try await engine.retry(first.id, from: "b", by: nil)
                }
                #expect(try await engine.artifacts(of: first.id, on: engine.home).map(\.path) == ["made"])
                // It is taken over by who goes on from it, and then not counted for the old one.
                let again = try await engine.retry(second.id, from: "b", by: nil)
                _ = try await ground.wait(for: again.id)
                #expect(try await total(ground) { $0.work == 0 }.artifacts >= 200_000)
                #expect(try await engine.record(running).status == .running)
                _ = try await engine.cancel(running, by: nil)
            }
        }
    }

    @Test func whatTasksKeepGoesWithTheTasksAndNoneGoesThatRuns() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let engine = ground.engine
                let done = try await ground.wait(for: ground.submit("works"))
                let running = try await ground.submit("waits")
                _ = try await ground.wait(for: running) { $0.status == .running }
                let kept = try await total(ground) { $0.artifacts > 0 }
                #expect(kept.artifacts >= 50_000 && kept.work == 0)
                // The log of one that has just ended may still be held; nobody reads it in the end.
                let deadline = SystemClock().now + EngineGround.patience
                while try await engine.shortenBytes(to: .init(bytes: 0)).tasks != [done.id] {
                    try #require(SystemClock().now < deadline)
                    await Task.yield()
                }
                #expect(try await total(ground).artifacts == 0)
                await #expect(throws: TaskError.noTask(done.id)) { try await engine.record(done.id) }
                unsafe #expect(access("\(data)/tasks/\(done.id)", F_OK) != 0)
                #expect(try await engine.record(running).status == .running)
                _ = try await engine.cancel(running, by: nil)
            }
        }
    }

    /// As where somebody has mounted something there, or the disk is broken at that place.
    @Test func whatCannotBeRemovedDoesNotKeepTheRest() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                var tasks: [TaskRecord] = []
                for count in 1...3 {
                    tasks.append(try await ground.wait(for: ground.submit("fails")))
                    _ = try await total(ground) { $0.work >= 100_000 * Int64(count) }
                }
                let stuck = Workspace(data: data, task: tasks[0].id)
                try stuck.remove()
                let file = unsafe open(stuck.path, O_WRONLY | O_CREAT, 0o600)
                close(file)
                let all = try await total(ground).work
                let report = try await ground.engine.shortenBytes(to: .init(workBytes: 0))
                #expect(report == TaskRetention.Report(work: 2))
                // It is counted for as long as it is not known to be gone.
                #expect(try await total(ground).work == all / 3)
                unsafe _ = unlink(stuck.path)
                #expect(try await ground.engine.shortenBytes(to: .init(workBytes: 0)).work == 1)
                #expect(try await total(ground).work == 0)
            }
        }
    }

    @Test func anEmptyFolderIsMeasuredOnce() async throws {
        try await withWorkflows(["empty": "phases:\n  a: {run: exit 1}\n"]) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let task = try await ground.wait(for: ground.submit("empty"))
                try await eventually("what it left is there") {
                    unsafe access("\(data)/tasks/\(task.id)/files", F_OK) != 0
                }
                try await ground.engine.clearFolders()
                #expect(Workspace(data: data, task: task.id).hasWork)
                let writes = ground.store.statistics.writes
                try await ground.engine.clearFolders()
                #expect(ground.store.statistics.writes == writes)
            }
        }
    }

    /// As of a server that was killed, or one of before there were measures.
    @Test func whatWasNotMeasuredAtTheEndIsMeasuredWhenFoldersAreCleared() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                _ = try await ground.wait(for: ground.submit("fails"))
                let left = try await total(ground) { $0.work > 0 }
                try await ground.store.write { try $0.run("delete from task_size") }
                #expect(try await total(ground).work == 0)
                try await ground.engine.clearFolders()
                #expect(try await total(ground) == left)
            }
        }
    }
}
