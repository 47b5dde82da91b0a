import JSONCoding
import Loop
import Store
import Synchronization
import TestKit
import Testing
import Workflows

@Suite(.timeLimit(.minutes(1))) struct ScheduleRunnerTests {
    @Test func aScheduleBeginsItsTaskOverEveryRestartOnce() async throws {
        try await withLoop(ManualClock()) { try await live(on: $0) }
    }

    @Test func whatASchedulesTaskIsToDoHasNoSecretInIt() async throws {
        try await withLoop(ManualClock()) { loop in
            let folder = try TemporaryFolder()
            let submitter = TestSubmitter(hiding: ["hunter-two"])
            let wall = Wall(try #require(Timestamp(rfc3339: "2026-01-01T11:59:59Z")))
            let schedule = Schedule(
                name: "noon", cron: try CronExpression("0 12 * * *"), workflow: "hello",
                inputs: ["name": .text("hunter-two")], requirement: "Use hunter-two.")
            let store = try Store(folder: folder.path, migrations: TriggerMigrations.all)
            let runner = ScheduleRunner([schedule], in: store, submitter: submitter, time: { wall.now })
            let result: Result<Void, any Error>
            do {
                runner.start(on: loop)
                try await eventually("it waits") { loop.holdings.timers == 1 }
                wall.advance(by: .seconds(1))
                (loop.clock as? ManualClock)?.advance(by: .seconds(1))
                try await eventually("it was begun") { submitter.wanted.count == 1 }
                #expect(submitter.wanted[0].requirement == "Use ***.")
                #expect(submitter.wanted[0].inputs == ["name": .text("***")])
                let shown = try await runner.list().schedules[0]
                #expect(shown.requirement == "Use ***." && shown.inputs == ["name": .text("***")])
                result = .success(())
            } catch { result = .failure(error) }
            await runner.stop(on: loop)
            await store.close()
            try result.get()
        }
    }

    private func live(on loop: isolated EventLoop) async throws {
        let clock = try #require(loop.clock as? ManualClock)
        let folder = try TemporaryFolder()
        let submitter = TestSubmitter()
        let wall = Wall(try #require(Timestamp(rfc3339: "2026-01-01T11:59:00Z")))
        let schedule = Schedule(
            name: "noon", cron: try CronExpression("0 12 * * *"), workflow: "hello",
            inputs: ["name": .text("Ada")], requirement: "Greet.", catchUp: .one,
            priority: 7)

        func turn(by span: Duration) {
            wall.advance(by: span)
            clock.advance(by: span)
        }
        func life(_ body: (ScheduleRunner) async throws -> Void) async throws {
            let store = try Store(folder: folder.path, migrations: TriggerMigrations.all)
            let runner = ScheduleRunner([schedule], in: store, submitter: submitter, time: { wall.now })
            runner.start(on: loop)
            do { try await body(runner) } catch {
                await runner.stop(on: loop)
                await store.close()
                throw error
            }
            await runner.stop(on: loop)
            await store.close()
        }

        try await life { runner in
            try await eventually("it waits") { loop.holdings.timers == 1 }
            #expect(submitter.wanted.isEmpty)
            submitter.refuse(.unavailable("Not now."))
            turn(by: .seconds(30))
            try await eventually("it waits on") { loop.holdings.timers == 1 }
            turn(by: .seconds(31))
            // The engine does not take it, and the server ends.
            try await eventually("it was tried") { submitter.wanted.count == 1 }
        }
        submitter.refuse(nil)
        try await life { runner in
            try await eventually("it was begun") { submitter.tasks.count == 1 }
            let task = try #require(submitter.tasks.first)
            #expect(task.requirement == "Greet.")
            #expect(task.inputs == ["name": .text("Ada")])
            #expect(task.origin == .schedule)
            #expect(task.priority == 7)
            try await eventually("it is known") { try await runner.list().schedules[0].lastTaskId == task.id }
            #expect(try await runner.list().schedules[0].nextAt?.rfc3339 == "2026-01-02T12:00:00.000Z")
        }
        wall.advance(by: .seconds(3 * 86_400))
        submitter.refuse(.refused("There is no workflow hello."))
        try await life { runner in
            try await eventually("the refusal is known") {
                try await runner.list().schedules[0].lastProblem == "There is no workflow hello."
            }
        }
        #expect(submitter.tasks.count == 1)
        #expect(submitter.wanted.map(\.key).count == 3)
        #expect(Set(submitter.wanted.map(\.key)).count == 2)
    }
}

/// A clock on the wall that a test turns.
final class Wall: Sendable {
    private let time: Mutex<Timestamp>

    init(_ start: Timestamp) { time = Mutex(start) }

    var now: Timestamp { time.withLock { $0 } }

    func advance(by span: Duration) {
        time.withLock { $0 = Timestamp(milliseconds: $0.milliseconds + span.milliseconds) }
    }
}
