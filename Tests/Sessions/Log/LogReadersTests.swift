import Loop
import Sessions
import TestKit
import Testing

@Suite struct LogReadersTests {
    private static let window = Window.recent(entries: 1000, bytes: 100_000)

    /// As many as one turn tells, and more.
    @Test(arguments: 1...8 as ClosedRange<UInt64>, [60, 200])
    func readersMayComeAndGoWhileOthersAreTold(seed: UInt64, count: Int) async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let crowd = Crowd(in: log, random: SeededRandom(seed: seed))
            for _ in 0..<count { crowd.join(on: loop) }
            for _ in 0..<100 {
                log.say(3, on: loop)
                await turn(on: loop)
            }
            for _ in 0..<100 { await turn(on: loop) }
            #expect(log.readerCount == crowd.present.count)
            #expect(crowd.left > 20)
            for (reader, first) in crowd.present {
                // Those that were never full have everything because they were told.
                if reader.room != .max { reader.drain(.max, on: loop) }
                expectExact(reader.all, from: first, to: log.head, gaps: false)
            }
            for (reader, _) in crowd.present { log.detach(reader, on: loop) }
            #expect(log.readerCount == 0)
        }
    }

    @Test func manyReadersAreToldInMoreThanOneTurn() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let readers = (0..<2500).map { _ in Listener() }
            for reader in readers { log.attach(reader, after: nil, on: loop) }
            let census = Census(of: readers, in: log)
            log.say(2, on: loop)
            loop.atEndOfTurn(census)
            while census.told.count < 100 { await turn(on: loop) }
            #expect(census.told.prefix(4) == [64, 128, 192, 256])
            for reader in readers {
                expectExact(reader.all, from: 1, to: 4, gaps: false)
            }
        }
    }

    @Test func aReaderCostsItsSeatAndItsCursor() {
        #expect(MemoryLayout<Cursor?>.size <= 24)
        #expect(MemoryLayout<any LogReader>.size <= 16)
    }

    @Test func entriesCanBeTakenOneByOne() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let type = EntryType("line" as StaticString)
            let reader = Reciter()
            log.attach(reader, after: 0, on: loop)
            for number in 1...10 {
                try log.append(
                    type, data: Array("\(number)".utf8).span, at: Timestamp(milliseconds: 0), on: loop)
            }
            reader.budget = 4
            await turn(on: loop)
            #expect(reader.types.count == 4)
            #expect(reader.cursor?.next == 5)
            log.say(on: loop)
            await turn(on: loop)
            #expect(reader.types.count == 4)
            reader.budget = .max
            reader.hear(log, on: loop)
            #expect(reader.types == [String](repeating: "line", count: 10))
            #expect(
                reader.payloads[9] == #"{"type":"line","seq":10,"ts":"1970-01-01T00:00:00.000Z","data":10}"#)
        }
    }
}

/// Counts at the end of each turn who has been told, and says more at the end of the first.
private final class Census: TurnEnder {
    let readers: [Listener]
    let log: Log
    var told: [Int] = []

    init(of readers: [Listener], in log: Log) {
        self.readers = readers
        self.log = log
    }

    func turnEnds(on loop: isolated EventLoop) {
        told.append(readers.count { $0.calls > 0 })
        if told.count == 1 { log.say(2, on: loop) }
        if told.count < 100 { loop.atEndOfNextTurn(self) }
    }
}

/// Readers that, when told, send others away and let others in.
private final class Crowd: Companion {
    let log: Log
    var random: SeededRandom
    var present: [(reader: Listener, first: UInt64)] = []
    var left = 0

    init(in log: Log, random: SeededRandom) {
        self.log = log
        self.random = random
    }

    func join(on loop: isolated EventLoop) {
        let reader = Listener(room: Int.random(in: 0..<4, using: &random) == 0 ? 3 : .max)
        reader.companion = self
        present.append((reader, log.head + 1))
        log.attach(reader, after: nil, on: loop)
    }

    func stir(on loop: isolated EventLoop) {
        switch Int.random(in: 0..<60, using: &random) {
        case 0 where present.count > 5:
            let (reader, first) = present.remove(at: Int.random(in: 0..<present.count, using: &random))
            reader.drain(.max, on: loop)
            expectExact(reader.all, from: first, to: log.head, gaps: false)
            log.detach(reader, on: loop)
            left += 1
        case 1: join(on: loop)
        case 2...6: present.randomElement(using: &random)?.reader.drain(200, on: loop)
        default: break
        }
    }
}
