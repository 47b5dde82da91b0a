import Loop
import Sessions
import Store
import TestKit
import Testing

@testable import Workflows

@Suite struct TaskRetentionTests {
    private let hour: Int64 = 3_600_000

    /// Twelve tasks, one an hour, all but the last two over, each with some events.
    private func fill(_ store: Store, linesEach: Int) async throws -> [TaskRecord] {
        var tasks: [TaskRecord] = []
        for index in 0..<12 {
            let task = TaskRecord.sample(at: Int64(index) * hour)
            tasks.append(index < 10 ? task.ended(.succeeded) : task)
            let number = try await store.add(tasks[index])
            let rows = (0..<linesEach).map {
                JournalRow.stateFrame(UInt64($0) + 2, at: .now, Array("1".utf8))
            }
            try await store.write { try EventTable.append(rows, of: number, at: .now, to: $0) }
        }
        return tasks
    }

    private func kept(_ store: Store) async throws -> [TaskID] {
        try await store.read {
            try TaskTable.list(TaskFilter(), limit: 100, in: $0).tasks.map(\.record.id).reversed()
        }
    }

    @Test func tasksGoByAgeAndByNumberAndThoseThatAreNotOverStay() async throws {
        try await withTasks { store, _ in
            let tasks = try await fill(store, linesEach: 3)
            let retention = TaskRetention(in: store)
            let now = Timestamp(milliseconds: 12 * hour)
            var bounds = TaskRetention.Bounds(age: .seconds(10 * 3600))
            var report = try await retention.shorten(to: bounds, at: now, sparing: [1])
            #expect(report == TaskRetention.Report(tasks: [tasks[1].id], logs: 0))
            #expect(try await kept(store) == [tasks[0].id] + tasks[2...].map(\.id))
            bounds = TaskRetention.Bounds(count: 4)
            report = try await retention.shorten(to: bounds, at: now)
            #expect(report == TaskRetention.Report(tasks: [tasks[0].id] + tasks[2..<6].map(\.id), logs: 0))
            #expect(try await kept(store) == tasks[6...].map(\.id))
            #expect(try await store.count("select count(*) from task_event") == 6 * 4)
            #expect(try await retention.shorten(to: bounds, at: now) == TaskRetention.Report())
        }
    }

    @Test func theEventsOfTheOldestGoFirstAndWhoComesIsToldSo() async throws {
        try await withTasks(loops: 1) { store, _, loops in
            let tasks = try await fill(store, linesEach: 50)
            let all = try await store.count("select sum(bytes) from task_log")
            let one = try await store.count("select bytes from task_log where task = 1")
            let bounds = TaskRetention.Bounds(eventBytes: Int64(all - one - 10))
            let report = try await TaskRetention(in: store).shorten(to: bounds, at: .now)
            #expect(report == TaskRetention.Report(tasks: [], logs: 2))
            #expect(try await store.count("select sum(bytes) from task_log") <= all - one - 10)
            #expect(
                try await store.count("select sum(bytes) from task_log")
                    == store.count("select sum(length(frames)) from task_event"))
            let logs = TaskLogs(store)
            try await loops[0].expectGap(of: tasks[1].id, in: logs)
            await logs.drain()
        }
    }
}

extension EventLoop {
    fileprivate func expectGap(of id: TaskID, in logs: TaskLogs) async throws {
        for after: UInt64 in [0, 7] {
            let watcher = Watcher(after: after)
            let log = try #require(try await logs.log(of: id, on: self))
            await watcher.watch(log, on: self)
            #expect(watcher.gaps == [after + 1...50])
            #expect(numbers(watcher.messages) == [51])
            #expect(watcher.ending == Ending(.completed, "Task completed"))
        }
    }
}
