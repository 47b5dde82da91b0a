import Loop
import Sessions
import TestKit
import Testing
import Wire

@Suite struct LogTests {
    private static let window = Window.recent(entries: 1000, bytes: 100_000)

    @Test func anEntryIsALiveMessageInOneTextFrame() async throws {
        try await onLoop { loop in
            let log = Log(.recent(entries: 10, bytes: 10_000), startingAt: 42)
            let time = Timestamp(milliseconds: 1_769_860_800_000)
            let seq = try log.append(
                EntryType("queue_update"), data: Array("[1]".utf8).span, at: time, on: loop)
            let reader = Reciter()
            log.attach(reader, after: 41, on: loop)
            reader.hear(log, on: loop)
            #expect(seq == 42)
            #expect(
                reader.payloads == [
                    #"{"type":"queue_update","seq":42,"ts":"2026-01-31T12:00:00.000Z","data":[1]}"#
                ])
            #expect(reader.types == ["queue_update"])
            #expect(
                String(decoding: log.gapMessage(from: 3, to: 9, at: time), as: UTF8.self)
                    == #"{"type":"gap","ts":"2026-01-31T12:00:00.000Z","data":{"from":3,"to":9}}"#)
        }
    }

    @Test func aNumberOfAnotherLifeIsToldApartFromOneThatIsNoLongerKept() async throws {
        try await onLoop { loop in
            let log = Log(.recent(entries: 4, bytes: 10_000), startingAt: 100)
            log.say(6, on: loop)
            let whole: [Heard] = [.entry(102), .entry(103), .entry(104), .entry(105)]
            for (after, heard) in [
                (98, [.reset(102)] + whole), (1, [.reset(102)] + whole), (106, [.reset(102)] + whole),
                (.max, [.reset(102)] + whole), (0, [.gap(100, 101)] + whole), (99, [.gap(100, 101)] + whole),
                (100, [.gap(101, 101)] + whole), (101, whole), (104, [.entry(105)]), (105, []),
            ] as [(UInt64, [Heard])] {
                let reader = Listener()
                log.attach(reader, after: after, on: loop)
                reader.pull(on: loop)
                #expect(reader.all == heard, "after \(after)")
                log.detach(reader, on: loop)
            }
        }
    }

    @Test func aReaderIsToldOnceATurnHoweverMuchWasSaid() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let reader = Listener()
            log.attach(reader, after: nil, on: loop)
            for _ in 0..<3 {
                log.say(16, on: loop)
                await turn(on: loop)
            }
            #expect(reader.calls == 3)
            expectExact(reader.all, from: 1, to: 48, gaps: false)
        }
    }

    @Test func whatASocketTookMayEndAtAnyByte() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            log.say(6, on: loop)
            let whole = (1...6).reduce(0) { $0 + WebSocketEncoder.frameSize(payload: Said.entry($1).count) }
            for count in 0...whole {
                let reader = Listener(room: count)
                log.attach(reader, after: 0, on: loop)
                reader.pull(on: loop)
                reader.drain(.max, on: loop)
                expectExact(reader.all, from: 1, to: 6, gaps: false)
                log.detach(reader, on: loop)
            }
            #expect(log.readerCount == 0)
        }
    }

    @Test(arguments: [4, 5, 40, 200, 4000])
    func whatIsKeptOfSpeechIsCountedInItsOwnBytes(piece: Int) async throws {
        try await onLoop { loop in
            let window = 100_000
            let log = Log(.spoken(bytes: window))
            let bytes = [UInt8](repeating: 7, count: piece)
            var (most, missing) = (0, 0)
            for count in 1...(3 * window / piece) {
                try log.append(.binary, bytes.span, on: loop)
                if piece > 4, count % 50 == 0 { try log.append(.text, Array("{}".utf8).span, on: loop) }
                let kept = Int(log.spoken - log.spoken(before: log.oldest))
                most = max(most, kept)
                missing = max(missing, min(count * piece, window) - kept)
            }
            #expect(most <= window && missing < piece)
        }
    }

    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func everyKeptEntryComesOnceAndEveryGapIsToldExactly(seed: UInt64) async throws {
        try await onLoop { loop in
            var random = SeededRandom(seed: seed)
            let log = Log(
                .recent(
                    entries: Int.random(in: 2...200, using: &random),
                    bytes: Int.random(in: 500...9000, using: &random)))
            var readers: [(reader: Listener, first: UInt64)] = []
            for _ in 0..<1500 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0...3: log.say(Int.random(in: 1...20, using: &random), on: loop)
                case 4:
                    let reader = Listener(room: Bool.random(using: &random) ? .max : 400)
                    let after =
                        Bool.random(using: &random) ? nil : UInt64.random(in: 0...log.head, using: &random)
                    log.attach(reader, after: after, on: loop)
                    readers.append((reader, (after ?? log.head) + 1))
                    reader.pull(on: loop)
                case 5 where !readers.isEmpty:
                    let (reader, first) = readers.remove(
                        at: Int.random(in: 0..<readers.count, using: &random))
                    reader.drain(.max, on: loop)
                    expectExact(reader.all, from: first, to: log.head)
                    log.detach(reader, on: loop)
                case 6...7 where !readers.isEmpty:
                    let one = readers.randomElement(using: &random)!.reader
                    one.drain(Int.random(in: 1...2000, using: &random), on: loop)
                default: await turn(on: loop)
                }
            }
            await turn(on: loop)
            for (reader, first) in readers {
                reader.drain(.max, on: loop)
                expectExact(reader.all, from: first, to: log.head)
            }
        }
    }

    @Test func aLaggingReaderOfTheLatestGetsTheNewest() async throws {
        try await onLoop { loop in
            let log = Log(.latest)
            let slow = Listener(room: 0)
            let fast = Listener()
            log.attach(slow, after: nil, on: loop)
            log.attach(fast, after: nil, on: loop)
            for _ in 0..<100 {
                log.say(on: loop)
                await turn(on: loop)
            }
            slow.drain(.max, on: loop)
            #expect(slow.all == [.entry(1), .entry(100)] || slow.all == [.entry(100)])
            expectExact(fast.all, from: 1, to: 100, gaps: false)
            let late = Listener()
            log.attach(late, after: nil, on: loop)
            late.pull(on: loop)
            #expect(late.all == [.entry(100)])
        }
    }

    @Test func aStoppedReaderIsNotToldAndHoldsNobodyUp() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let slow = Listener(room: 10)
            let fast = (0..<5).map { _ in Listener() }
            log.attach(slow, after: nil, on: loop)
            for reader in fast { log.attach(reader, after: nil, on: loop) }
            for round in 1...50 {
                log.say(on: loop)
                await turn(on: loop)
                for reader in fast { #expect(reader.calls == round) }
            }
            #expect(slow.calls == 1)
            slow.drain(.max, on: loop)
            log.say(on: loop)
            await turn(on: loop)
            #expect(slow.calls == 2)
            for reader in fast + [slow] { expectExact(reader.all, from: 1, to: 51, gaps: false) }
        }
    }

    @Test func aReaderThatWasStoppedWithinTheNewestEntryIsToldOfTheNext() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let reader = Listener(room: 5)
            log.attach(reader, after: nil, on: loop)
            log.say(on: loop)
            await turn(on: loop)
            reader.drain(.max, on: loop)
            log.say(on: loop)
            await turn(on: loop)
            expectExact(reader.all, from: 1, to: 2, gaps: false)
            #expect(reader.calls == 2)
        }
    }

    @Test func earlyAndLateReadersGetTheRestAndTheSameEnding() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            let ending = Ending(.completed, "Task completed")
            let early = Listener()
            let slow = Listener(room: 10)
            log.attach(early, after: nil, on: loop)
            log.attach(slow, after: nil, on: loop)
            log.say(20, on: loop)
            log.end(ending, on: loop)
            log.end(Ending(.idle), on: loop)
            await turn(on: loop)
            let late = Listener()
            log.attach(late, after: 0, on: loop)
            late.pull(on: loop)
            slow.drain(.max, on: loop)
            for reader in [early, slow, late] {
                #expect(reader.all.last == .ended(ending))
                expectExact(reader.all, from: 1, to: 20, gaps: false)
            }
            #expect(throws: LogError.ended) { try log.append(.text, Said.entry(21).span, on: loop) }
        }
    }

    @Test func aReaderFromAnEarlierLifeOfTheLogIsTold() async throws {
        try await onLoop { loop in
            let log = Log(Self.window)
            log.say(3, on: loop)
            let reader = Listener()
            log.attach(reader, after: 40, on: loop)
            reader.pull(on: loop)
            #expect(reader.all == [.reset(1), .entry(1), .entry(2), .entry(3)])
        }
    }

    @Test func anEntryLargerThanTheWindowIsRefused() async throws {
        try await onLoop { loop in
            let log = Log(.recent(entries: 10, bytes: 1000))
            log.say(2, on: loop)
            #expect(throws: LogError.entryTooLarge(bytes: 1001, limit: 1000)) {
                try log.append(.binary, [UInt8](repeating: 0, count: 997).span, on: loop)
            }
            let seq = try log.append(.binary, [UInt8](repeating: 0, count: 996).span, on: loop)
            #expect(seq == 3)
            #expect(log.oldest == 3)
        }
    }
}

/// Takes entry by entry, as Server-Sent Events do.
final class Reciter: LogReader {
    var cursor: Cursor?
    var payloads: [String] = []
    var types: [String] = []
    var budget = Int.max

    func hear(_ log: Log, on loop: isolated EventLoop) {
        while case .slice(let slice) = cursor!.pending(on: loop) {
            for entry in slice.entries {
                guard budget > 0 else { return cursor!.advance(through: entry.seq - 1) }
                budget -= 1
                unsafe payloads.append(String(decoding: entry.payload, as: UTF8.self))
                if let type = unsafe entry.type { types.append(unsafe String(decoding: type, as: UTF8.self)) }
            }
            cursor!.advance(past: slice)
        }
    }
}
