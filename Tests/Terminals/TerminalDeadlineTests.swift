import Loop
import Sessions
import Terminals
import TestKit
import Testing

/// When a terminal ends by itself, on a clock that is turned by hand.
@Suite(.serialized) struct TerminalDeadlineTests {
    private let clock = ManualClock()

    @Test func aTerminalToWhichNobodyComesEndsAfterHalfAMinute() async throws {
        try await TerminalGround.run(clock: clock) { ground in
            let info = try await ground.begin("/bin/cat") { $0.keeps = false }
            #expect(info.expiresBecause == .neverAttached && seconds(until: info.expiresAt) == 30)
            await ground.advance(clock, by: .milliseconds(29_999))
            #expect(try await ground.terminals.info(info.record.id).state == .running)
            await ground.advance(clock, by: .milliseconds(1))
            let end = try await ground.end(of: info.record.id)
            #expect(end.ending == Ending(.idle, "Nobody attached in time") && end.expiresAt == nil)
        }
    }

    @Test func whoLeavesHasFiveMinutesToComeBack() async throws {
        try await TerminalGround.run(clock: clock) { ground in
            let id = try await ground.begin("/bin/cat") { $0.keeps = false }.record.id
            let terminal = try ground.terminals.terminal(id)
            let seat = TerminalSeat.viewer
            for _ in 0..<3 {
                try await ground.join(seat, terminal)
                #expect(try await ground.terminals.info(id).expiresBecause == nil)
                // Somebody is there, for as long as that may be.
                await ground.advance(clock, by: .seconds(100_000))
                await terminal.run { $0.leave(seat, on: $1) }
                let info = try await ground.terminals.info(id)
                #expect(info.expiresBecause == .detached && seconds(until: info.expiresAt) == 300)
                await ground.advance(clock, by: .milliseconds(299_999))
                #expect(try await ground.terminals.info(id).state == .running)
            }
            await ground.advance(clock, by: .milliseconds(1))
            let ending = try await ground.end(of: id).ending
            #expect(ending == Ending(.idle, "Nobody was attached for too long"))
        }
    }

    @Test func oneThatIsKeptGoesOnWithoutAnybody() async throws {
        try await TerminalGround.run(clock: clock) { ground in
            let info = try await ground.begin("/bin/cat") { $0.keeps = true }
            #expect(info.expiresBecause == nil && info.expiresAt == nil)
            await ground.advance(clock, by: .seconds(1_000_000))
            #expect(try await ground.terminals.info(info.record.id).state == .running)
        }
    }

    @Test func itSaysWhichOfItsDeadlinesComesFirst() async throws {
        let change: (inout TerminalSetting) -> Void = {
            ($0.idle, $0.life, $0.notice) = (.seconds(200), .seconds(1000), .seconds(10))
        }
        try await TerminalGround.run(clock: clock, change) { ground in
            let id = try await ground.begin("/bin/cat") { $0.keeps = false }.record.id
            let terminal = try ground.terminals.terminal(id)
            let reader = try await ground.listener(id)
            var info = try await ground.terminals.info(id)
            #expect(info.expiresBecause == .idle && seconds(until: info.expiresAt) == 200)
            await ground.advance(clock, by: .seconds(190))
            let idle = try await reader.hears(remark: "expiring")
            #expect(idle.contains(#""reason":"idle","because":"idle""#), "\(idle)")
            for _ in 0..<4 {
                await terminal.run { $0.extend(on: $1) }
                await ground.advance(clock, by: .seconds(160))
            }
            info = try await ground.terminals.info(id)
            // Of the life 830 s are gone, and 160 since somebody last asked for more time.
            #expect(info.expiresBecause == .idle && seconds(until: info.expiresAt) == 40)
            await terminal.run { $0.extend(on: $1) }
            info = try await ground.terminals.info(id)
            #expect(info.expiresBecause == .maxLife && seconds(until: info.expiresAt) == 170)
            await ground.advance(clock, by: .seconds(160))
            let life = try await reader.hears(remark: "expiring", count: 2)
            #expect(life.contains(#""reason":"deadline","because":"max_life""#), "\(life)")
            await ground.advance(clock, by: .seconds(10))
            #expect(try await ground.end(of: id).ending?.reason == .deadline)
        }
    }

    /// Whoever makes them never comes, is refused, or is gone at once.
    @Test func nothingIsLeftOfFiveHundredThatNobodyReached() async throws {
        try await TerminalGround.run(clock: clock) { ground in
            try await cycle(5, ground)
            var before = await LeakCheck.process(ground.loops)
            try await eventually("the first holders are gone") {
                before = await LeakCheck.process(ground.loops)
                return before.children == 0
            }
            // As many at one time as are remembered when they are over.
            for _ in 0..<25 {
                try await cycle(20, ground)
                // A PTY is there for as long as somebody has its outer side, which only we and our children ever have.
                // How many threads the runtime's pool has is its own to say.
                try await eventually("nothing is left") {
                    let now = await LeakCheck.process(ground.loops)
                    return now.descriptors == before.descriptors && now.children == 0
                        && now.loops == before.loops
                }
            }
        }
    }

    private func cycle(_ count: Int, _ ground: TerminalGround) async throws {
        var ids: [TerminalID] = []
        for index in 0..<count {
            let id = try await ground.begin("/bin/sleep", ["1000"]) {
                ($0.keeps, $0.takeover) = (false, .refuse)
            }.record.id
            ids.append(id)
            try await fail(at: index % 5, coming: id, ground)
        }
        // Until then nobody of them ends, and then all do, each by its own deadline.
        await ground.advance(clock, by: .milliseconds(29_999))
        for id in ids { #expect(try await ground.terminals.info(id).state == .running) }
        await ground.advance(clock, by: .milliseconds(1))
        for (index, id) in ids.enumerated() where index % 5 == 0 {
            #expect(try await ground.end(of: id).ending == Ending(.idle, "Nobody attached in time"))
        }
        await ground.advance(clock, by: .seconds(270))
        for id in ids {
            let end = try await ground.end(of: id)
            #expect(end.ending?.reason == .idle && end.exit?.signal == 1 && end.exit?.remaining == 0)
        }
    }

    private func fail(at stage: Int, coming id: TerminalID, _ ground: TerminalGround) async throws {
        guard stage > 0 else { return }
        let terminal = try ground.terminals.terminal(id)
        let seat = stage == 1 ? TerminalSeat.viewer : .writer
        // It has joined, and its peer is gone before it hears so.
        try await ground.join(seat, terminal, size: stage == 3 ? TerminalSize(cols: 100, rows: 30) : nil)
        if stage == 4 {
            await #expect(throws: TerminalError.taken) { try await ground.join(.writer, terminal) }
        }
        await terminal.run { $0.leave(seat, on: $1) }
    }

    private func seconds(until time: Timestamp?) -> Int64? {
        time.map { ($0.milliseconds - Timestamp.now.milliseconds + 500) / 1000 }
    }
}
