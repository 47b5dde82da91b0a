import Loop
import Sessions
import Testing

@Suite struct SessionClosingTests {
    @Test(arguments: EndingReason.allCases)
    func isClosedOnceWhateverEndsIt(reason: EndingReason) async throws {
        try await withGround { ground, registry, loop in
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            let opened = session.opened(on: loop)
            #expect(opened)
            let ends = [reason, .serverShutdown, reason].map { session.end(Ending($0), on: loop) }
            #expect(ends == [true, false, false])
            let ending = Ending(reason)
            #expect(body.journal.lines == ["closing \(ending)", "gave back peer", "closed \(ending)"])
            #expect(session.phase == .closed)
            #expect(registry.totals.closed(.websocket, reason) == 1)
        }
    }

    @Test func givesBackFromTheLastToTheFirstAndTheBodyAtTheEnd() async throws {
        try await withGround { _, registry, loop in
            let journal = Journal()
            let session = registry.open(.sse, owner: nil, body: Body("body", journal), on: loop)
            for name in ["first", "second", "third"] { session.hold(Thing(name, journal), on: loop) }
            session.end(Ending(.completed), on: loop)
            #expect(
                journal.lines == [
                    "closing completed", "gave back third", "gave back second", "gave back first",
                    "gave back body", "closed completed",
                ])
        }
    }

    @Test func whatEndsEarlierIsNotGivenBackAgain() async throws {
        try await withGround { _, registry, loop in
            let journal = Journal()
            let session = registry.open(.sse, owner: nil, body: Body("body", journal), on: loop)
            let things = ["first", "second", "third"].map { Thing($0, journal) }
            for thing in things { session.hold(thing, on: loop) }
            session.giveBack(things[0], on: loop)
            session.giveBack(things[0], on: loop)
            session.end(Ending(.completed), on: loop)
            #expect(
                journal.lines.filter { $0.hasPrefix("gave") } == [
                    "gave back first", "gave back third", "gave back second", "gave back body",
                ])
        }
    }

    @Test func endingItAgainFromWithinItsEndMeansNothing() async throws {
        try await withGround { _, registry, loop in
            let body = Body()
            let session = registry.open(.sse, owner: nil, body: body, on: loop)
            body.endedAgain = session
            session.end(Ending(.idle), on: loop)
            #expect(body.report?.ending == Ending(.idle))
            #expect(body.journal.lines == ["closing idle", "gave back peer", "closed idle"])
        }
    }

    @Test func aSessionEndedWhileItOpensNeverBegins() async throws {
        try await withGround { _, registry, loop in
            let session = registry.open(.websocket, owner: nil, body: Body(), on: loop)
            session.end(Ending(.signedOut), on: loop)
            let opened = session.opened(on: loop)
            #expect(!opened)
        }
    }

    @Test func whatComesAfterTheEndIsGivenBackAtOnce() async throws {
        try await withGround { _, registry, loop in
            let session = registry.open(.websocket, owner: nil, body: Body(), on: loop)
            session.end(Ending(.completed), on: loop)
            let late = Thing("late")
            session.hold(late, on: loop)
            #expect(late.holding.isEmpty)
        }
    }

    @Test func whatIsStillHeldAfterwardsIsReportedAndCounted() async throws {
        try await withGround(leaking: [.lock: 2]) { ground, registry, loop in
            let body = Body()
            let session = registry.open(
                .sse, owner: SessionOwner(account: "ann", signIn: "t1"), body: body, on: loop)
            session.hold(Thing("forgotten", forgets: true), on: loop)
            session.hold(Thing("kept"), on: loop)
            let early = Thing("early", forgets: true)
            session.hold(early, on: loop)
            session.giveBack(early, on: loop)
            session.end(Ending(.completed), on: loop)
            #expect(body.report?.leaked == [.lock: 1])
            #expect(registry.totals.leaks == 2)
            #expect(ground.faults.all.map(\.account) == ["ann", "ann"])
            guard case .leaked([.lock: 1]) = ground.faults.all.last?.fault else {
                Issue.record("no leak was reported")
                return
            }
        }
    }

    @Test func theReportSaysWhatWasHeldAndHowLongItLasted() async throws {
        try await withGround { ground, registry, loop in
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            session.hold(Thing("lock"), on: loop)
            await ground.advance(by: .seconds(30 * 86_400), on: loop)
            session.end(Ending(.completed, "Terminal exited"), on: loop)
            let report = try #require(body.report)
            #expect(report.lasted == .seconds(30 * 86_400))
            #expect(report.givenBack == [.descriptor: 1, .lock: 1])
            #expect(report.took == .zero)
            #expect(report.ending.closeText == "Terminal exited")
        }
    }
}
