import Loop
import Sessions
import Testing

@Suite struct SessionDeadlinesTests {
    @Test func anIdleSessionIsToldAndThenEnded() async throws {
        try await withGround { ground, registry, loop in
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            _ = session.limit(SessionLimits(idle: .seconds(300)), on: loop)
            await ground.advance(by: .seconds(269), on: loop)
            #expect(body.journal.lines.isEmpty)
            await ground.advance(by: .seconds(1), on: loop)
            #expect(body.journal.lines == ["expiring idle in 30 s"])
            await ground.advance(by: .seconds(30), on: loop)
            #expect(body.report?.ending == Ending(.idle))
        }
    }

    @Test func asLongAsSomethingHappensItGoesOnForThirtyDays() async throws {
        try await withGround { ground, registry, loop in
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            let deadlines = session.limit(SessionLimits(idle: .seconds(7200)), on: loop)
            for _ in 0..<(30 * 24) {
                await ground.advance(by: .seconds(3600), on: loop)
                deadlines.noteActivity(on: loop)
            }
            #expect(body.journal.lines.isEmpty)
            #expect(loop.holdings.timers == 1)
            session.end(Ending(.completed), on: loop)
        }
    }

    @Test func extendingAfterTheNoticeKeepsItAlive() async throws {
        try await withGround { ground, registry, loop in
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            let limits = SessionLimits(life: .seconds(600), lifeMayBeExtended: true)
            let deadlines = session.limit(limits, on: loop)
            await ground.advance(by: .seconds(580), on: loop)
            #expect(body.journal.lines == ["expiring deadline in 20 s"])
            deadlines.extend(on: loop)
            await ground.advance(by: .seconds(30), on: loop)
            #expect(session.phase == .opening)
            let deadline = session.info(on: loop).deadline
            #expect(deadline == loop.now + .seconds(570))
            await ground.advance(by: .seconds(570), on: loop)
            #expect(body.report?.ending == Ending(.deadline))
        }
    }

    @Test func theEarliestOfItsDeadlinesIsListed() async throws {
        try await withGround { _, registry, loop in
            let session = registry.open(.websocket, owner: nil, body: Body(), on: loop)
            _ = session.limit(SessionLimits(), on: loop)
            #expect(session.info(on: loop).deadline == nil)
            _ = session.limit(SessionLimits(idle: .seconds(300)), on: loop)
            _ = session.limit(SessionLimits(life: .seconds(600)), on: loop)
            #expect(session.info(on: loop).deadline == loop.now + .seconds(300))
            session.end(Ending(.completed), on: loop)
        }
    }

    @Test func listenersWithoutALimitCostNoTimer() async throws {
        try await withGround { _, registry, loop in
            let sessions = (0..<100).map { _ in registry.open(.channel, owner: nil, body: Body(), on: loop) }
            for session in sessions { _ = session.limit(SessionLimits(), on: loop) }
            #expect(loop.holdings.timers == 0)
            for session in sessions { session.end(Ending(.peerLeft), on: loop) }
        }
    }
}
