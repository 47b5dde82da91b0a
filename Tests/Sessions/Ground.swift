import Loop
import Sessions
import Synchronization
import TestKit
import Testing

/// Loops on a clock that is turned by hand, with sessions on them, and all that these report.
struct Ground: Sendable {
    let clock = ManualClock()
    let group: LoopGroup
    let sessions: Sessions
    let trail = RecordedTrail()
    let faults = Recorded<LedgerReport>()

    init(loops: Int) throws {
        group = try LoopGroup(count: loops, clock: clock)
        let faults = faults
        sessions = Sessions(loops: group.loops, audit: trail) { faults.append($0) }
    }

    /// Turns the clock, and comes back when the loop has done all that is due by then.
    func advance(by span: Duration, on loop: isolated EventLoop) async {
        clock.advance(by: span)
        await turns(on: loop) { loop.now >= clock.now }
        await Task.yield()
    }

    /// Lets the loop turn until `condition` holds, but not for ever.
    func turns(
        on loop: isolated EventLoop, until condition: () -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        for _ in 0..<100_000 {
            if condition() { return }
            await Task.yield()
        }
        Issue.record("it did not come to pass", sourceLocation: sourceLocation)
    }
}

/// Runs `body` on the first of some loops; afterwards nothing may be held on any of them.
func withGround(
    loops: Int = 1, leaking: Holdings = .none, strays: Int = 0,
    _ body: @Sendable (Ground, Registry, isolated EventLoop) async throws -> Void
) async throws {
    let ground = try Ground(loops: loops)
    try await run(body, ground, on: ground.group.loops[0])
    let left = await ground.sessions.snapshot()
    var expected = LedgerSnapshot()
    expected.leaked = leaking
    expected.strays = strays
    #expect(left == expected)
    await ground.group.stop()
}

private func run(
    _ body: @Sendable (Ground, Registry, isolated EventLoop) async throws -> Void, _ ground: Ground,
    on loop: isolated EventLoop
) async throws {
    try await body(ground, ground.sessions.registry(on: loop), loop)
}

/// What came from loops, in order.
final class Recorded<Value: Sendable>: Sendable {
    private let values = Mutex<[Value]>([])
    func append(_ value: Value) { values.withLock { $0.append(value) } }
    var all: [Value] { values.withLock { $0 } }
}

final class RecordedTrail: AuditTrail {
    private let entries = Recorded<AuditEntry>()
    func record(_ entry: AuditEntry) { entries.append(entry) }
    var all: [AuditEntry] { entries.all }
}
