import Loop
import Sessions
import Testing

@Suite struct SupervisorTests {
    @Test func theTasksOfASessionAreCancelledAndAwaitedAtItsEnd() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let session = registry.open(.sse, owner: nil, body: Body("body", journal), on: loop)
            let supervisor = session.supervise(on: loop)
            for _ in 0..<3 {
                supervisor.spawn(on: loop) {
                    let wake = await loop.sleep(until: loop.now + .seconds(60))
                    journal.say("task \(wake)")
                }
            }
            await ground.turns(on: loop) { loop.holdings.timers == 3 }
            #expect(session.holding[.task] == 3)
            session.end(Ending(.cancelled), on: loop)
            #expect(session.phase == .closing)
            await ground.turns(on: loop) { session.phase == .closed }
            #expect(
                journal.lines == [
                    "closing cancelled", "task cancelled", "task cancelled", "task cancelled",
                    "gave back body", "closed cancelled",
                ])
        }
    }

    @Test func aTaskThatDoesNotHeedItsCancellationIsReported() async throws {
        try await withGround { ground, registry, loop in
            let stuck = Waiter()
            let session = registry.open(.sse, owner: nil, body: Body(), on: loop)
            let supervisor = session.supervise(patience: .seconds(1), on: loop)
            supervisor.spawn(on: loop) {
                while case .cancelled = await stuck.wait(until: .distantFuture, on: loop) {
                    await Task.yield()
                }
            }
            session.end(Ending(.deadline), on: loop)
            await ground.advance(by: .seconds(1), on: loop)
            #expect(session.phase == .closed)
            let strayed = registry.snapshot(on: loop).strayed
            #expect(strayed == [.task: 1])
            stuck.signal(on: loop)
            await ground.turns(on: loop) { registry.snapshot(on: loop).strays == 0 }
        }
    }

    @Test func aSessionWhoseTasksAreDoneClosesAtOnce() async throws {
        try await withGround { ground, registry, loop in
            let session = registry.open(.sse, owner: nil, body: Body(), on: loop)
            let supervisor = session.supervise(on: loop)
            supervisor.spawn(on: loop) {}
            await ground.turns(on: loop) { supervisor.holding.isEmpty }
            session.end(Ending(.completed), on: loop)
            #expect(session.phase == .closed)
        }
    }

    @Test func aTaskThatComesAfterTheEndBeginsCancelled() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let session = registry.open(.sse, owner: nil, body: Body(), on: loop)
            let supervisor = session.supervise(on: loop)
            session.end(Ending(.completed), on: loop)
            supervisor.spawn(on: loop) { journal.say("cancelled: \(Task.isCancelled)") }
            await ground.turns(on: loop) { !journal.lines.isEmpty }
            #expect(journal.lines == ["cancelled: true"])
        }
    }
}
