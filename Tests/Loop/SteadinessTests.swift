import Loop
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct SteadinessTests {
    @Test func aLoopKnowsSinceWhenItComesRoundInTime() async throws {
        let clock = ManualClock()
        let group = try LoopGroup(count: 1, clock: clock)
        let loop = group.loops[0]
        do {
            let birth = clock.now
            // In time, and as late as a busy loop is.
            for span in [Duration.seconds(3600), .milliseconds(3_600_900)] {
                try await Self.pass(span, with: clock.now + .seconds(3600), clock, loop)
                #expect(await loop.steadySince == birth)
            }
            // What was over before it was armed says nothing.
            await loop.sleep(until: birth)
            #expect(await loop.steadySince == birth)
            try await Self.pass(.seconds(3 * 3600), with: clock.now + .seconds(10), clock, loop)
            let back = clock.now
            #expect(await loop.steadySince == back)
            try await Self.pass(.seconds(10), with: clock.now + .seconds(10), clock, loop)
            #expect(await loop.steadySince == back)
        } catch { Issue.record(error) }
        await group.stop()
    }

    /// Turns the clock while one timer is armed, until that has come.
    private static func pass(
        _ span: Duration, with deadline: Instant, _ clock: ManualClock, _ loop: EventLoop
    ) async throws {
        async let wake = loop.sleep(until: deadline)
        try await eventually("it sleeps") { await loop.holdings.timers == 1 }
        clock.advance(by: span)
        _ = await wake
    }
}
