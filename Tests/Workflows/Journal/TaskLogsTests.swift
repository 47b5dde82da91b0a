import Loop
import Sessions
import Store
import TestKit
import Testing

@testable import Workflows

@Suite struct TaskLogsTests {
    @Test func theLogOfAFinishedTaskIsSharedForAsLongAsSomebodyHoldsIt() async throws {
        try await withTasks(loops: 2) { store, _, loops in
            let logs = TaskLogs(store)
            let task = TaskRecord.sample().ended(.succeeded)
            let number = try await store.add(task)
            #expect(try await logs.log(of: .make(), on: loops[0]) == nil)
            var held = try await logs.log(of: task.id, on: loops[0])
            #expect(try await logs.log(of: task.id, on: loops[1]) === held)
            #expect(logs.readNumbers == [number])
            for loop in loops {
                #expect(await loop.read(try #require(held)) == Ending(.completed, "Task completed"))
            }
            await logs.drain()
            weak let dropped = held
            held = nil
            #expect(dropped == nil)
            #expect(logs.readNumbers == [])
            #expect(try await logs.log(of: task.id, on: loops[1])?.home === loops[1])
            await logs.drain()
        }
    }

    @Test func aTaskThatLivesIsReadWhereItLives() async throws {
        try await withTasks(loops: 1) { store, _, loops in
            let logs = TaskLogs(store)
            let task = TaskRecord.sample()
            let number = try await store.add(task)
            let log = SharedLog(
                TaskJournal.window, archive: TaskArchive(of: number, in: store), errands: logs.errands,
                on: loops[0])
            logs.register(log, of: task.id)
            #expect(try await logs.log(of: task.id, on: loops[0]) === log)
            await log.end(Ending(.completed))
            logs.retire(task.id, number: number)
            #expect(try await logs.log(of: task.id, on: loops[0]) === log)
            #expect(logs.readNumbers == [number])
        }
    }
}

extension EventLoop {
    fileprivate func read(_ log: SharedLog) async -> Ending? {
        let watcher = Watcher(after: 0)
        await watcher.watch(log, on: self)
        #expect(numbers(watcher.messages) == [1])
        return watcher.ending
    }
}
