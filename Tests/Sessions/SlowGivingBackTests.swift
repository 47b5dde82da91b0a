import Loop
import Sessions
import Testing

@Suite struct SlowGivingBackTests {
    @Test func theRestWaitsForWhatIsSlow() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let slow = SlowThing("slow", journal)
            let body = Body("body", journal)
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            session.hold(Thing("first", journal), on: loop)
            session.hold(slow, on: loop)
            session.end(Ending(.idle), on: loop)
            #expect(session.phase == .closing)
            #expect(session.holding == [.descriptor: 1, .lock: 1, .process: 1])
            await ground.advance(by: .milliseconds(1500), on: loop)
            slow.finish(on: loop)
            #expect(
                journal.lines == [
                    "closing idle", "giving back slow", "gave back slow", "gave back first",
                    "gave back body", "closed idle",
                ])
            #expect(body.report?.took == .milliseconds(1500))
            #expect(body.report?.overdue == 0)
        }
    }

    @Test func whatOutstaysItsPatienceIsCountedAndTheClosingGoesOn() async throws {
        try await withGround { ground, registry, loop in
            let slow = SlowThing("slow")
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            session.hold(slow, on: loop)
            session.end(Ending(.idle), on: loop)
            await ground.advance(by: .seconds(2), on: loop)
            #expect(session.phase == .closed)
            #expect(body.report?.overdue == 1)
            #expect(registry.totals.overdue == 1)
            let stray = registry.snapshot(on: loop)
            #expect((stray.strays, stray.strayed) == (1, [.process: 1]))
            guard case .overdue([.process: 1], after: .seconds(2)) = ground.faults.all.first?.fault else {
                Issue.record("it was not reported")
                return
            }
            #expect(ground.faults.all.first?.holder == "SlowThing")
            slow.finish(on: loop)
            let strays = registry.snapshot(on: loop).strays
            #expect(strays == 0)
        }
    }

    @Test func anAsyncFunctionIsAwaitedBeforeTheClose() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let session = registry.open(.sse, owner: nil, body: Body("body", journal), on: loop)
            session.hold(AsyncThing(takes: .seconds(1), journal), on: loop)
            session.end(Ending(.cancelled), on: loop)
            await ground.turns(on: loop) { loop.holdings.timers == 2 }
            await ground.advance(by: .seconds(1), on: loop)
            await ground.turns(on: loop) { session.phase == .closed }
            #expect(
                journal.lines
                    == [
                        "closing cancelled", "process gone: signalled", "gave back body", "closed cancelled",
                    ].map { $0.replacing("signalled", with: "expired") })
        }
    }

    @Test func anAsyncFunctionThatOutstaysItsPatienceIsCancelled() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let session = registry.open(.sse, owner: nil, body: Body("body", journal), on: loop)
            session.hold(AsyncThing(takes: .seconds(100), journal), on: loop)
            session.end(Ending(.cancelled), on: loop)
            await ground.turns(on: loop) { loop.holdings.timers == 2 }
            await ground.advance(by: .seconds(2), on: loop)
            await ground.turns(on: loop) { journal.lines.count == 4 }
            #expect(
                journal.lines == [
                    "closing cancelled", "gave back body", "closed cancelled", "process gone: cancelled",
                ])
            #expect(registry.totals.overdue == 1)
            await ground.turns(on: loop) { registry.snapshot(on: loop).strays == 0 }
        }
    }

    @Test func aSlowThingThatComesAfterTheEndIsWaitedForAsWell() async throws {
        try await withGround { ground, registry, loop in
            let session = registry.open(.sse, owner: nil, body: Body(), on: loop)
            session.end(Ending(.completed), on: loop)
            let slow = SlowThing("late")
            session.hold(slow, on: loop)
            await ground.advance(by: .seconds(2), on: loop)
            #expect(registry.totals.overdue == 1)
            slow.finish(on: loop)
        }
    }

    @Test func aBodyMaySayGoodbyeBeforeItGoes() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let body = PoliteBody(journal)
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            session.hold(Thing("subscription", journal), on: loop)
            session.end(Ending(.serverShutdown), on: loop)
            #expect(session.phase == .closing)
            body.peerAnswers(on: loop)
            body.peerAnswers(on: loop)
            #expect(journal.lines == ["gave back subscription", "said 1001", "closed server_shutdown"])
        }
    }

    @Test func aBodyWhosePeerNeverAnswersIsClosedAllTheSame() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let body = PoliteBody(journal)
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            session.end(Ending(.idle), on: loop)
            session.end(Ending(.serverShutdown), on: loop)
            await ground.advance(by: .seconds(5), on: loop)
            #expect(journal.lines == ["said 4000", "closed idle"])
            #expect(registry.totals.overdue == 1)
            body.peerAnswers(on: loop)
        }
    }

    @Test func whatEndedByItselfIsReleasedWithoutBeingGivenBack() async throws {
        try await withGround { ground, registry, loop in
            let journal = Journal()
            let process = SlowThing("process", journal)
            let session = registry.open(.sse, owner: nil, body: Body("body", journal), on: loop)
            session.hold(process, on: loop)
            process.finish(on: loop)
            session.release(process, on: loop)
            session.end(Ending(.completed), on: loop)
            #expect(!journal.lines.contains("giving back process"))
            #expect(session.phase == .closed)
        }
    }
}
