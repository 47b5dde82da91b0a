import Loop
import Sessions
import TestKit
import Testing

@Suite struct RegistryTests {
    private let ann = SessionOwner(account: "ann", signIn: "laptop")
    private let annElsewhere = SessionOwner(account: "ann", signIn: "phone")
    private let bob = SessionOwner(account: "bob", signIn: "desk")

    @Test func signingOutEndsTheSessionsOfThatSignInAndNoOthers() async throws {
        let owners = [ann, annElsewhere, bob]
        try await withGround { ground, registry, loop in
            let bodies = owners.map { owner in
                let body = Body(owner.signIn)
                _ = registry.open(.websocket, owner: owner, body: body, on: loop)
                return body
            }
            let count = await ground.sessions.end(.signIn("laptop"), with: Ending(.signedOut))
            #expect(count == 1)
            #expect(bodies.map { $0.report?.ending } == [Ending(.signedOut), nil, nil])
            let replaced = registry.end(
                .others(account: "ann", than: "laptop"), with: Ending(.replaced), on: loop)
            #expect(replaced == 1)
            #expect(bodies.map { $0.report?.ending } == [Ending(.signedOut), Ending(.replaced), nil])
            #expect(registry.end(.account("bob"), with: Ending(.signedOut), on: loop) == 1)
        }
    }

    @Test(arguments: [SessionKind.connection, .channel])
    func whatDoesNotLiveByASignInOutlivesIt(kind: SessionKind) async throws {
        let owner = ann
        try await withGround { _, registry, loop in
            let session = registry.open(kind, owner: owner, body: Body(), on: loop)
            #expect(registry.end(.signIn("laptop"), with: Ending(.signedOut), on: loop) == 0)
            let others = SessionSelection.others(account: "ann", than: "phone")
            #expect(registry.end(others, with: Ending(.replaced), on: loop) == 0)
            #expect(session.reason == nil)
            session.end(Ending(.completed), on: loop)
        }
    }

    @Test func theOldestEndFirst() async throws {
        try await withGround { _, registry, loop in
            let journal = Journal()
            let first = registry.open(.connection, owner: nil, body: Body("first", journal), on: loop)
            for name in ["second", "third", "fourth"] {
                _ = registry.open(.channel, owner: nil, body: Body(name, journal), on: loop)
            }
            // The last takes its place.
            first.end(Ending(.completed), on: loop)
            _ = registry.end(.all, with: Ending(.completed), on: loop)
            let order = journal.lines.filter { $0.hasPrefix("gave back") }
            #expect(order == ["gave back first", "gave back second", "gave back third", "gave back fourth"])
        }
    }

    @Test func theListShowsWhatThereIs() async throws {
        let owner = ann
        try await withGround(loops: 2) { ground, registry, loop in
            let session = registry.open(.websocket, owner: owner, body: Body("127.0.0.1:9"), on: loop)
            session.hold(Thing("lock"), on: loop)
            await ground.advance(by: .seconds(5), on: loop)
            let infos = await ground.sessions.list(.one(session.id))
            #expect(infos.map(\.peer) == ["127.0.0.1:9"])
            #expect(infos.first?.owner?.account == "ann")
            #expect(infos.first?.age == .seconds(5))
            #expect(infos.first?.holding == [.descriptor: 1, .lock: 1])
            #expect(infos.first?.deadline == nil)
            let ended = await ground.sessions.end(.one(session.id), with: Ending(.cancelled))
            #expect(ended == 1)
            let left = await ground.sessions.list()
            #expect(left.isEmpty)
        }
    }

    @Test func aSessionIsEndedWhereNothingSpeaksAgainstWhatItIsThen() async throws {
        struct Objection: Error {}
        let owner = ann
        try await withGround { ground, registry, loop in
            let session = registry.open(.websocket, owner: owner, body: Body(), on: loop)
            let id = session.id
            await #expect(throws: Objection.self) {
                try await ground.sessions.end(id, with: Ending(.cancelled)) { _ throws(Objection) in
                    throw Objection()
                }
            }
            #expect(session.reason == nil)
            let check: @Sendable (SessionInfo) throws(Objection) -> Void = { info throws(Objection) in
                if info.owner?.account != "ann" { throw Objection() }
            }
            let first = try await ground.sessions.end(id, with: Ending(.cancelled), where: check)
            #expect(first == true)
            let second = try await ground.sessions.end(id, with: Ending(.cancelled), where: check)
            #expect(second == nil)
        }
    }

    @Test func aDrainWaitsAndReturnsThoseThatDidNotClose() async throws {
        try await withGround { ground, registry, loop in
            let quick = Body("quick")
            _ = registry.open(.websocket, owner: nil, body: quick, on: loop)
            let slow = SlowThing("slow")
            let session = registry.open(.sse, owner: nil, body: Body("slow"), on: loop)
            session.hold(slow, on: loop)
            let drain = Task { await ground.sessions.drain(within: .seconds(1)) }
            await ground.turns(on: loop) { session.phase == .closing }
            await ground.turns(on: loop) { loop.holdings.timers == 2 }
            await ground.advance(by: .seconds(1), on: loop)
            let stragglers = await drain.value
            #expect(stragglers.map(\.id) == [session.id])
            #expect(quick.report?.ending == Ending(.serverShutdown))
            slow.finish(on: loop)
        }
    }

    @Test func aDrainEndsWhatStillComesAndIsOverWhenAllIsClosed() async throws {
        try await withGround { ground, registry, loop in
            let slow = SlowThing("slow")
            let session = registry.open(.sse, owner: nil, body: Body(), on: loop)
            session.hold(slow, on: loop)
            let drained = Recorded<[SessionID]>()
            let drain = Task { drained.append(await ground.sessions.drain(within: .seconds(10)).map(\.id)) }
            await ground.turns(on: loop) { session.phase == .closing }
            let late = Body("late")
            _ = registry.open(.websocket, owner: nil, body: late, on: loop)
            await ground.turns(on: loop) { late.report != nil }
            #expect(late.report?.ending == Ending(.serverShutdown))
            slow.finish(on: loop)
            await ground.turns(on: loop) { drained.all == [[]] }
            await ground.advance(by: .seconds(10), on: loop)
            await drain.value
        }
    }

    @Test func anUpgradeChangesTheKindAndKeepsWhatIsHeld() async throws {
        let owner = ann
        try await withGround { ground, registry, loop in
            let before = Body("before")
            let session = registry.open(.connection, owner: nil, body: before, on: loop)
            let thing = Thing("kept")
            session.hold(thing, on: loop)
            before.giveBack(on: loop)
            session.become(.websocket, owner: owner, body: Body("after"), on: loop)
            let snapshot = registry.snapshot(on: loop)
            #expect((snapshot.sessions(of: .connection), snapshot.sessions(of: .websocket)) == (0, 1))
            session.end(Ending(.peerLeft), on: loop)
            #expect(thing.holding.isEmpty)
            #expect(ground.trail.all.map(\.event) == [.sessionOpened, .sessionClosed])
            #expect(ground.trail.all.map(\.peer) == ["after", "after"])
        }
    }

    @Test func whatWasAskedForThroughAProxyIsKnownByWhoAsked() async throws {
        try await withGround { ground, registry, loop in
            let before = Body("proxy")
            let session = registry.open(.connection, owner: nil, body: before, on: loop)
            before.giveBack(on: loop)
            session.become(.websocket, owner: nil, body: Body("proxy"), for: "asker", on: loop)
            let other = registry.open(.connection, owner: nil, body: Body("proxy"), on: loop)
            #expect(registry.list(.all, on: loop).map(\.peer).sorted() == ["asker", "proxy"])
            session.end(Ending(.peerLeft), on: loop)
            other.end(Ending(.peerLeft), on: loop)
            #expect(ground.trail.all.map(\.peer) == ["asker", "asker"])
            #expect(registry.list(.all, on: loop).isEmpty)
        }
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func tenThousandSessionsInAnyOrderLeaveNothing(seed: UInt64) async throws {
        try await withGround(loops: 2) { ground, _, _ in
            let loops = ground.group.loops
            async let one = openAndEnd(5_000, seed: seed, ground, on: loops[0])
            async let other = openAndEnd(5_000, seed: seed + 97, ground, on: loops[1])
            let rounds = await [one, other]
            let totals = await ground.sessions.totals()
            for reason in EndingReason.allCases {
                let expected = rounds.reduce(0) { $0 + ($1[reason] ?? 0) }
                #expect(SessionKind.allCases.reduce(0) { $0 + totals.closed($1, reason) } == expected)
            }
            #expect(SessionKind.allCases.reduce(0) { $0 + totals.opened($1) } == 10_000)
            #expect((totals.leaks, totals.overdue) == (0, 0))
        }
    }
}

/// Opens sessions and ends them in an order and for reasons drawn by lot, holding more or less; returns the
/// reasons. Each body must have been closed for its own reason.
private func openAndEnd(
    _ count: Int, seed: UInt64, _ ground: Ground, on loop: isolated EventLoop
) -> [EndingReason: Int] {
    var lots = SeededRandom(seed: seed)
    let registry = ground.sessions.registry(on: loop)
    var open: [(session: Session, body: Body)] = []
    var reasons: [EndingReason: Int] = [:]
    var opened = 0
    while opened < count || !open.isEmpty {
        if opened < count && (open.isEmpty || lots.next() % 5 < 3) {
            let body = Body("\(opened)")
            let session = registry.open(
                SessionKind.allCases.randomElement(using: &lots)!, owner: nil, body: body, on: loop)
            for _ in 0..<(lots.next() % 4) { session.hold(Thing("held"), on: loop) }
            open.append((session, body))
            opened += 1
        } else {
            let (session, body) = open.remove(at: Int(lots.next() % UInt64(open.count)))
            let reason = EndingReason.allCases.randomElement(using: &lots)!
            session.end(Ending(reason), on: loop)
            reasons[body.report!.ending.reason, default: 0] += 1
        }
    }
    return reasons
}
