import Loop
import Sessions
import Testing

@testable import Workflows

@Suite(.serialized) struct PhaseHoldingTests {
    @Test func aSessionGivesItsPhaseBackWhole() async throws {
        try await PhaseGround.run { ground, loop in
            let registry = Sessions(loops: [loop], audit: NoTrail()) { Issue.record("\($0)") }
                .registry(on: loop)
            let body = Body()
            let session = registry.open(.websocket, owner: nil, body: body, on: loop)
            var command = ground.script("echo on; exec sleep 1000")
            command.takesInput = true
            let phase = ground.phase(command)
            session.hold(phase, on: loop)
            #expect(session.holding == .none)
            phase.start(on: loop)
            try #require(await ground.hears(on: loop) { $0.said.count == 1 })
            #expect(session.holding == [.descriptor: 4, .watch: 4, .process: 1, .task: 1])
            session.end(Ending(.idle), on: loop)
            let deadline = loop.clock.now + PhaseGround.patience
            #expect(await body.closed.wait(until: deadline, on: loop) == .signalled)
            #expect(ground.ends.map(\.cause) == [.stopped])
            #expect(body.overdue == 0 && registry.snapshot(on: loop) == LedgerSnapshot())
        }
    }
}

private final class Body: SessionBody, Held {
    let peer = "test"
    let closed = Waiter()
    private(set) var overdue: Int?
    var holding: Holdings { .none }

    func giveBack(on loop: isolated EventLoop) {}

    func closed(_ report: SessionReport, on loop: isolated EventLoop) {
        overdue = report.overdue
        closed.signal(on: loop)
    }
}

struct NoTrail: AuditTrail {
    func record(_ entry: AuditEntry) {}
}
