import Loop
import Sessions
import Synchronization
import Testing
import Wire

@Suite struct StoredLogTests {
    /// The tail holds four entries; a page of the archive comes when the test says so, and `said` entries are
    /// said while it is under way.
    @Test(arguments: 0...9, 1...6)
    func aReaderGoesFromTheArchiveToTheTailAtAnyMoment(said: Int, pageEntries: Int) async throws {
        try await onLoop { loop in
            let archive = MemoryArchive(pageEntries: pageEntries)
            let log = Log(.stored(tailEntries: 4, tailBytes: 10_000), archive: archive)
            log.say(13, on: loop)
            let reader = Listener()
            log.attach(reader, after: nil, on: loop)
            reader.pull(on: loop)
            for step in 0..<12 {
                if said > pageEntries - 1, step > 6 { break }
                log.say(said, on: loop)
                await archive.answer()
                await turn(on: loop)
            }
            archive.answerAlways()
            while reader.cursor!.next <= log.head { await turn(on: loop) }
            expectExact(reader.all, from: 1, to: log.head, gaps: false)
            #expect(log.head >= 13)
        }
    }

    @Test func aReaderThatIsStoppedAtAnyByteOfAPageMissesNothing() async throws {
        try await onLoop { loop in
            let archive = MemoryArchive(pageEntries: 3)
            archive.answerAlways()
            let log = Log(.stored(tailEntries: 4, tailBytes: 10_000), archive: archive)
            log.say(12, on: loop)
            for count in stride(from: 0, through: 700, by: 3) {
                let reader = Listener(room: count)
                log.attach(reader, after: 0, on: loop)
                reader.pull(on: loop)
                while reader.room > 0, reader.cursor!.next <= log.head { await turn(on: loop) }
                reader.drain(.max, on: loop)
                while reader.cursor!.next <= log.head { await turn(on: loop) }
                expectExact(reader.all, from: 1, to: 12, gaps: false)
                log.detach(reader, on: loop)
            }
        }
    }

    @Test func anArchiveThatFailsIsToldToTheReaderThatNeedsIt() async throws {
        try await onLoop { loop in
            let archive = MemoryArchive(pageEntries: 3)
            archive.fail()
            let log = Log(.stored(tailEntries: 4, tailBytes: 10_000), archive: archive)
            log.say(12, on: loop)
            let behind = Listener()
            let near = Listener()
            log.attach(behind, after: 0, on: loop)
            log.attach(near, after: 8, on: loop)
            behind.pull(on: loop)
            near.pull(on: loop)
            while behind.all.isEmpty { await turn(on: loop) }
            #expect(behind.all == [.unreadable(.archive("broken"))])
            expectExact(near.all, from: 9, to: 12, gaps: false)
        }
    }

    @Test func aReaderMayLeaveWhileItsPageIsUnderWay() async throws {
        try await onLoop { loop in
            let archive = MemoryArchive(pageEntries: 3)
            let log = Log(.stored(tailEntries: 4, tailBytes: 10_000), archive: archive)
            log.say(12, on: loop)
            let reader = Listener()
            log.attach(reader, after: 0, on: loop)
            reader.pull(on: loop)
            log.detach(reader, on: loop)
            await archive.answer()
            for _ in 0..<10 { await turn(on: loop) }
            #expect(reader.all.isEmpty)
            archive.answerAlways()
            log.attach(reader, after: 0, on: loop)
            reader.pull(on: loop)
            while reader.cursor!.next <= log.head { await turn(on: loop) }
            expectExact(reader.all, from: 1, to: 12, gaps: false)
        }
    }
}

/// An archive of entries that say which they are, which answers when a test lets it.
final class MemoryArchive: LogArchive {
    private struct State {
        var asked: [CheckedContinuation<Void, Never>] = []
        var answersAtOnce = false
        var fails = false
    }

    private let state = Mutex(State())
    private let pageEntries: Int
    private let last: UInt64

    init(pageEntries: Int, upTo last: UInt64 = .max) {
        self.pageEntries = pageEntries
        self.last = last
    }

    func page(from seq: UInt64, bytes: Int) async throws(LogError) -> LogBatch {
        await withCheckedContinuation { continuation in
            let answersNow = state.withLock { state in
                if !state.answersAtOnce { state.asked.append(continuation) }
                return state.answersAtOnce
            }
            if answersNow { continuation.resume() }
        }
        if state.withLock({ $0.fails }) { throw .archive("broken") }
        let end = min(seq + UInt64(pageEntries) - 1, last)
        var bytes: [UInt8] = []
        for number in seq...end {
            unsafe Said.entry(number).withUnsafeBytes { payload in
                unsafe WebSocketEncoder.append(number % 3 == 0 ? .binary : .text, payload, to: &bytes)
            }
        }
        return try LogBatch(kept: [KeptFrames(first: seq, last: end, bytes: bytes)], from: seq)
    }

    /// Lets the next page be given, if one is asked for by now.
    func answer() async {
        await Task.yield()
        let asked = state.withLock { $0.asked.isEmpty ? nil : $0.asked.removeFirst() }
        asked?.resume()
    }

    func answerAlways() {
        let asked = state.withLock { state in
            state.answersAtOnce = true
            defer { state.asked.removeAll() }
            return state.asked
        }
        for one in asked { one.resume() }
    }

    func fail() {
        state.withLock { $0.fails = true }
        answerAlways()
    }
}
