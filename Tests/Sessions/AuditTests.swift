import Loop
import Sessions
import Testing

@Suite struct AuditTests {
    @Test func openingAndEndOfASessionAreWrittenDownWithTheReason() async throws {
        try await withGround { ground, registry, loop in
            let owner = SessionOwner(account: "ann", signIn: "t1")
            let session = registry.open(.websocket, owner: owner, body: Body("10.0.0.7:4711"), on: loop)
            await ground.advance(by: .seconds(90), on: loop)
            session.end(Ending(.idle), on: loop)
            let entries = ground.trail.all
            #expect(entries.map(\.event) == [.sessionOpened, .sessionClosed])
            #expect(entries.allSatisfy { $0.session == session.id && $0.account == "ann" })
            #expect(entries.allSatisfy { $0.peer == "10.0.0.7:4711" && $0.kind == .websocket })
            #expect(entries.last?.ending == Ending(.idle))
            #expect(entries.last?.lasted == .seconds(90))
            #expect(entries.last?.givenBack == [.descriptor: 1])
        }
    }

    @Test func aBareRequestIsNotWrittenDown() async throws {
        try await withGround { ground, registry, loop in
            registry.open(.connection, owner: nil, body: Body(), on: loop).end(Ending(.completed), on: loop)
            #expect(ground.trail.all.isEmpty)
        }
    }
}
