import Glibc
import Loop
import Sessions
import Synchronization
import TestKit
import Testing
import Wire

@Suite struct SharedLogTests {
    private func onTwoLoops(_ body: (EventLoop, EventLoop) async throws -> Void) async throws {
        let group = try LoopGroup(count: 2)
        let result: Result<Void, any Error>
        do { result = .success(try await body(group.loops[0], group.loops[1])) } catch {
            result = .failure(error)
        }
        await group.stop()
        try result.get()
    }

    @Test(arguments: [Window.recent(entries: 200_000, bytes: 32 << 20), .recent(entries: 300, bytes: 20_000)])
    func aHundredThousandEntriesReachAnotherLoopThroughRandomStalls(window: Window) async throws {
        try await onTwoLoops { home, away in
            let log = SharedLog(window, on: home)
            let last: UInt64 = 100_000
            async let heard = away.follow(log, after: 0, seed: 11)
            async let alsoHeard = home.follow(log, after: 0, seed: 12)
            await home.say(last, to: log, seed: 13)
            await log.end(Ending(.completed))
            let isLossless = window == .recent(entries: 200_000, bytes: 32 << 20)
            for list in await [heard, alsoHeard] {
                expectExact(list, from: 1, to: last, gaps: !isLossless)
                #expect(list.last == .ended(Ending(.completed)))
            }
            await log.drain()
            #expect(log.copyCount == 0)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func readersThatComeAtAnyMomentMissNothing(seed: UInt64) async throws {
        try await onTwoLoops { home, away in
            let log = SharedLog(.recent(entries: 50_000, bytes: 8 << 20), on: home)
            let isGoing = Flag()
            async let saying: Void = home.say(to: log, while: isGoing)
            let lists = await away.followInTurns(log, count: 30, seed: seed)
            isGoing.lower()
            await saying
            await log.end(Ending(.completed))
            for (first, list) in lists {
                guard case .entry(let last)? = list.last else {
                    Issue.record("a reader left with \(list)")
                    continue
                }
                expectExact(list, from: first, to: last)
            }
            await log.drain()
            #expect(log.copyCount == 0)
        }
    }

    @Test func aReaderFromTheOwnersLoopIsNotTakenForOneFromAnotherLife() async throws {
        try await onTwoLoops { home, away in
            let log = SharedLog(.recent(entries: 1000, bytes: 1 << 20), on: home)
            await home.say(10, to: log, seed: 1)
            let keeper = await away.join(log, after: 0)
            // The owner goes on while its relay's batch is still on its way.
            async let saying: Void = home.say(500, to: log, seed: 2)
            await saying
            let reader = await away.join(log, after: 510)
            await home.say(1, to: log, seed: 3)
            await away.waitUntil(reader, hasTaken: 511)
            #expect(await away.leave(reader) == [.entry(511)])
            let stranger = await away.join(log, after: 9999)
            await away.waitUntil(stranger, hasTaken: 511)
            let told = await away.leave(stranger)
            #expect(told.first == .reset(1))
            expectExact(Array(told.dropFirst()), from: 1, to: 511, gaps: false)
            expectExact(await away.leave(keeper), from: 1, to: 511, gaps: false)
            #expect(log.copyCount == 0)
            await log.drain()
        }
    }

    @Test func aCopyKnowsTheNumbersOfAnotherLifeToo() async throws {
        try await onTwoLoops { home, away in
            let log = SharedLog(.recent(entries: 1000, bytes: 1 << 20), startingAt: 500, on: home)
            await home.say(10, to: log, seed: 1)
            for (after, isReset) in [(3, true), (498, true), (499, false), (0, false)] as [(UInt64, Bool)] {
                let reader = await away.join(log, after: after)
                await away.waitUntil(reader, hasTaken: 509)
                let told = await away.leave(reader)
                #expect((told.first == .reset(500)) == isReset, "after \(after)")
                expectExact(Array(told.dropFirst(isReset ? 1 : 0)), from: 500, to: 509, gaps: false)
            }
            await log.drain()
        }
    }

    @Test func whatIsSaidFromAnotherLoopIsNumberedByTheOwner() async throws {
        try await onTwoLoops { home, away in
            let log = SharedLog(.latest, on: home)
            let type = EntryType("state" as StaticString)
            let first = try await log.append(type, data: Array("1".utf8), at: .now)
            let second = try await log.append(type, data: Array("2".utf8), at: .now)
            #expect([first, second] == [1, 2])
            await log.end(Ending(.completed))
            await #expect(throws: LogError.ended) { try await log.append(type, data: [], at: .now) }
        }
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func aCopyOfAStoredLogIsCompleteHoweverFarItFallsBehind(seed: UInt64) async throws {
        try await onTwoLoops { home, away in
            let archive = MemoryArchive(pageEntries: 37)
            archive.answerAlways()
            let log = SharedLog(.stored(tailEntries: 50, tailBytes: 10_000), archive: archive, on: home)
            async let heard = away.follow(log, after: nil, seed: seed)
            await home.say(5000, to: log, seed: seed)
            await log.end(Ending(.completed))
            expectExact(await heard, from: 1, to: 5000, gaps: false)
            await log.drain()
        }
    }
}

private final class Flag: Sendable {
    private let value = Atomic(true)
    var isUp: Bool { value.load(ordering: .relaxed) }
    func lower() { value.store(false, ordering: .relaxed) }
}

extension EventLoop {
    fileprivate func say(to shared: SharedLog, while isGoing: Flag) async {
        while isGoing.isUp {
            shared.log(on: self).say(20, on: self)
            await Task.yield()
        }
    }

    fileprivate func say(_ count: UInt64, to shared: SharedLog, seed: UInt64) async {
        var random = SeededRandom(seed: seed)
        let log = shared.log(on: self)
        var rest = Int(count)
        while rest > 0 {
            let burst = min(rest, Int.random(in: 1...400, using: &random))
            log.say(burst, on: self)
            rest -= burst
            await Task.yield()
        }
    }

    /// Reads to the end, with pauses.
    fileprivate func follow(_ log: SharedLog, after seq: UInt64?, seed: UInt64) async -> [Heard] {
        var random = SeededRandom(seed: seed)
        let reader = Listener(room: 0)
        await log.attach(reader, after: seq, on: self)
        while true {
            reader.drain(Int.random(in: 1...60_000, using: &random), on: self)
            if case .ended? = reader.heard.last { break }
            switch Int.random(in: 0..<40, using: &random) {
            // A stall of the loop, which is what is tested.
            case 0: usleep(2000)
            case 1...3: await sleep(until: now + .milliseconds(1))
            default: await Task.yield()
            }
        }
        reader.cursor!.log.detach(reader, on: self)
        return reader.all
    }

    /// Readers that come one after the other, stay for a while, and leave: what each heard, and from where.
    fileprivate func followInTurns(_ log: SharedLog, count: Int, seed: UInt64) async -> [(UInt64, [Heard])] {
        var random = SeededRandom(seed: seed)
        var lists: [(UInt64, [Heard])] = []
        for _ in 0..<count {
            let reader = Listener()
            let after: UInt64? = Bool.random(using: &random) ? nil : 0
            await log.attach(reader, after: after, on: self)
            let first = reader.cursor!.next
            reader.pull(on: self)
            while reader.cursor!.next <= first { await sleep(until: now + .milliseconds(1)) }
            lists.append((first, reader.all))
            reader.cursor!.log.detach(reader, on: self)
            if Bool.random(using: &random) { await sleep(until: now + .milliseconds(1)) }
        }
        return lists
    }

    fileprivate func join(_ log: SharedLog, after seq: UInt64) async -> LoopBound<Listener> {
        let reader = Listener()
        await log.attach(reader, after: seq, on: self)
        reader.pull(on: self)
        return LoopBound(reader, on: self)
    }

    fileprivate func waitUntil(_ reader: LoopBound<Listener>, hasTaken seq: UInt64) async {
        let deadline = now + .seconds(30)
        while reader.open(on: self).cursor!.next <= seq, now < deadline {
            await sleep(until: now + .milliseconds(1))
        }
    }

    fileprivate func leave(_ bound: LoopBound<Listener>) -> [Heard] {
        let reader = bound.open(on: self)
        reader.cursor!.log.detach(reader, on: self)
        return reader.all
    }
}
