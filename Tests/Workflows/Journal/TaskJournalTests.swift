import Glibc
import Loop
import Sessions
import Store
import TestKit
import Testing
import Wire

@testable import Workflows

@Suite struct TaskJournalTests {
    @Test func whatIsSaidIsStoredInOrderInTheWordsOfTheProtocol() async throws {
        try await withTasks(loops: 1) { store, _, loops in try await loops[0].sayAllKinds(in: store) }
    }

    /// Watchers that leave after each possible number of entries, at whatever moment of the task's life that is, and
    /// come back with the last number that they know: what they heard makes up what is stored.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func aWatcherThatLeavesAtAnyMomentMissesNothing(seed: UInt64) async throws {
        try await withTasks(loops: 2) { store, _, loops in
            let logs = TaskLogs(store)
            let task = TaskRecord.sample()
            let number = try await store.add(task)
            let ready = Waiter()
            let isReady = LoopBound(ready, to: loops[0])
            let life = Task {
                try await loops[0].live(task, number, in: store, logs, seed: seed, isReady)
            }
            await isReady.loop.wait(for: isReady)
            try await withThrowingTaskGroup(of: [String].self) { group in
                for leaving in stride(from: 1, through: 121, by: 2) {
                    for loop in loops {
                        group.addTask { try await loop.watchTwice(task.id, leavingAfter: leaving, logs) }
                    }
                }
                let all = try await group.reduce(into: []) { $0.append($1) }
                try await life.value
                let stored = try await store.messages(of: number)
                #expect(numbers(stored) == Array(1...UInt64(stored.count)))
                #expect(stored.count > 100)
                for one in all { #expect(one == stored) }
            }
            await logs.drain()
        }
    }

    @Test func aReaderNeverSawWhatACrashForgets() async throws {
        try await withTasks(loops: 1) { store, folder, loops in
            try await loops[0].copyWhileSaying(in: store, folder)
        }
    }

    @Test func aFullDiskHoldsTheSpeakerUpAndLosesNothing() async throws {
        try await withTasks(loops: 1) { store, _, loops in try await loops[0].fillTheDisk(of: store) }
    }

    @Test func whatCannotBeStoredForTooLongEndsTheJournalAndIsSaidOnce() async throws {
        let clock = ManualClock()
        try await withTasks(loops: 1, clock: clock) { store, _, loops in
            try await loops[0].failForGood(in: store, clock)
        }
    }

    @Test func closingWaitsForTheDiskNoLongerThanItMay() async throws {
        try await withTasks(loops: 1) { store, _, loops in try await loops[0].closeOnAFullDisk(in: store) }
    }

    @Test func aMillionLinesAreReadLateInPages() async throws {
        try await withTasks(loops: 1) { store, _, loops in try await loops[0].sayAMillion(in: store) }
    }

    @Test func aChangeOfATaskThatStandsOtherwiseLeavesItAndTheNumbersWhole() async throws {
        try await withTasks(loops: 1) { store, _, loops in try await loops[0].changeWhatIsOver(in: store) }
    }
}

extension EventLoop {
    fileprivate func wait(for waiter: LoopBound<Waiter>) async {
        _ = await waiter.open(on: self).wait(until: now + .seconds(30), on: self)
    }

    fileprivate func begin(_ task: TaskRecord, in store: Store, window: Window = TaskJournal.window)
        async throws -> (Int64, TaskJournal)
    {
        let number = try await store.add(task)
        return (
            number, TaskJournal(of: number, after: 1, in: store, window: window, errands: Errands(), on: self)
        )
    }

    fileprivate func sayAllKinds(in store: Store) async throws {
        let task = TaskRecord.sample()
        let (number, journal) = try await begin(task, in: store)
        let time = Timestamp(milliseconds: 1_800_000_000_123)
        #expect(try await journal.change(to: task.running(), from: .pending, at: time, on: self))
        for (stream, level) in [(TaskEvent.Stream.stderr, TaskEvent.Level.warning), (.system, .endGroup)] {
            journal.say(TaskEvent(stream, level, phase: nil, "", isCut: true), at: time, on: self)
        }
        let texts = ["a\"b\\c\n\u{1}é", String(repeating: "x", count: 70_000), "", "\u{7F}😀"]
        for text in texts { journal.say(TaskEvent(.stdout, phase: "on\"e", text), at: time, on: self) }
        let patch = try StatePatch(Array(#"{"a":1}"#.utf8))
        #expect(
            try await journal.change(
                to: task.ended(.succeeded), from: .running, patches: [patch].compactMap(\.self), at: time,
                on: self))
        #expect(journal.log.log(on: self).ending == Ending(.completed, "Task completed"))
        journal.say("too late", on: self)
        await journal.close(Ending(.serverShutdown), by: now + .seconds(5), on: self)
        let messages = try await store.messages(of: number)
        try #require(numbers(messages) == Array(1...9))
        let ts = "\"ts\":\"2027-01-15T08:00:00.123Z\""
        #expect(
            messages[2]
                == "{\"type\":\"event\",\"seq\":3,\(ts),\"data\":{\"stream\":\"stderr\",\"level\":\"warning\",\"phase\":null,\"text\":\"\",\"cut\":true}}"
        )
        for (message, text) in zip(messages[4...], texts) {
            let event = JSONObject(minified: Array(message.utf8))
            let data = try #require(event?["data"].flatMap { JSONObject(minified: Array($0)) })
            #expect(data.text("text") == text)
            #expect(data.text("phase") == "on\"e")
            #expect(data["cut"] == nil)
        }
        let id = task.id
        let state = try await store.read { try TaskTable.state(of: id, in: $0) }
        #expect(state == #"{"a":1}"#)
        #expect(
            messages[1].hasPrefix("{\"type\":\"state\",\"seq\":2,\(ts),\"data\":{")
                && messages[1].contains("\"RUNNING\""))
        #expect(messages[8].contains("\"SUCCEEDED\""))
    }

    /// Looks until something is so that nobody announces.
    fileprivate func wait(_ condition: () -> Bool, at place: SourceLocation = #_sourceLocation) async {
        let deadline = now + .seconds(20)
        while !condition() {
            guard now < deadline else {
                Issue.record("it did not happen", sourceLocation: place)
                return
            }
            await sleep(until: now + .milliseconds(1))
        }
    }

    /// One life of a task: lines in bursts, changes in between, pauses.
    fileprivate func live(
        _ task: TaskRecord, _ number: Int64, in store: Store, _ logs: TaskLogs, seed: UInt64,
        _ ready: LoopBound<Waiter>
    ) async throws {
        var random = SeededRandom(seed: seed)
        let journal = TaskJournal(
            of: number, after: 1, in: store,
            window: .stored(tailEntries: 6, tailBytes: seed % 2 == 0 ? 3000 : 700),
            errands: logs.errands,
            on: self)
        logs.register(journal.log, of: task.id)
        ready.open(on: self).signal(on: self)
        var record = task.running()
        #expect(try await journal.change(to: record, from: .pending, on: self))
        var said = 0
        while said < 110 {
            for _ in 0..<Int.random(in: 1...12, using: &random) {
                said += 1
                let size = Int.random(in: 0...400, using: &random)
                journal.say("line \(said) " + String(repeating: "\"", count: size), on: self)
            }
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                record.phases[0].progress = Double(said)
                #expect(try await journal.change(to: record, from: .running, on: self))
            case 1: await sleep(until: now + .milliseconds(Int.random(in: 1...8, using: &random)))
            default: await Task.yield()
            }
        }
        let end = task.ended(.succeeded)
        #expect(try await journal.change(to: end, from: .running, on: self))
        logs.retire(task.id, number: number)
        await journal.close(Ending(.completed), by: now + .seconds(5), on: self)
    }

    fileprivate func watchTwice(_ id: TaskID, leavingAfter count: Int, _ logs: TaskLogs) async throws
        -> [String]
    {
        let first = Watcher(after: 0, most: count)
        await first.watch(try #require(try await logs.log(of: id, on: self)), on: self)
        let second = Watcher(after: first.last)
        await second.watch(try #require(try await logs.log(of: id, on: self)), on: self)
        #expect(second.ending == Ending(.completed, "Task completed"))
        #expect(first.gaps.isEmpty && second.gaps.isEmpty && second.error == nil)
        return first.messages + second.messages
    }

    /// With each batch that a reader hears, the files are copied as they are at that moment. So little is written
    /// that the database file itself does not change meanwhile, as a copy of two files would tear.
    fileprivate func copyWhileSaying(in store: Store, _ folder: String) async throws {
        let (number, journal) = try await begin(.sample(), in: store)
        let watcher = Watcher(after: 1)
        var copies: [UInt64] = []
        watcher.onEntry = { seq in
            guard copies.count < 25, copies.last != seq - 1 || seq % 5 == 0 else { return }
            let copy = "\(folder)/copy-\(seq)"
            unsafe mkdir(copy, 0o700)
            for file in ["holdfast.db", "holdfast.db-wal"] {
                Self.copy("\(folder)/data/\(file)", to: "\(copy)/\(file)")
            }
            copies.append(seq)
        }
        journal.log.log(on: self).attach(watcher, after: 1, on: self)
        for burst in 1...60 {
            for line in 0..<burst % 7 + 1 { journal.say("\(burst) \(line)", on: self) }
            await sleep(until: now + .milliseconds(burst % 4 == 0 ? 7 : 1))
        }
        await journal.close(Ending(.completed), by: now + .seconds(5), on: self)
        journal.log.log(on: self).detach(watcher, on: self)
        #expect(copies.count > 10)
        let all = try await store.messages(of: number)
        for seq in copies {
            let copy = try Store(
                folder: "\(folder)/copy-\(seq)", migrations: TaskTable.migrations + EventTable.migrations)
            let kept = try await copy.messages(of: number)
            await copy.close()
            #expect(kept.count >= Int(seq) && kept == Array(all.prefix(kept.count)))
        }
    }

    private static func copy(_ source: String, to target: String) {
        guard let from = unsafe fopen(source, "r"), let to = unsafe fopen(target, "w") else {
            Issue.record("\(source) cannot be copied")
            return
        }
        var bytes = [UInt8](repeating: 0, count: 8 << 20)
        let count = unsafe fread(&bytes, 1, bytes.count, from)
        unsafe #expect(fwrite(bytes, 1, count, to) == count)
        unsafe fclose(from)
        unsafe fclose(to)
    }

    fileprivate func fillTheDisk(of store: Store) async throws {
        let (number, journal) = try await begin(.sample(), in: store)
        let speaker = Speaker()
        journal.report(to: speaker, on: self)
        let watcher = Watcher(after: 1, keeps: false)
        let log = journal.log.log(on: self)
        log.attach(watcher, after: 1, on: self)
        try await store.write { try $0.first("pragma max_page_count = 200") { _ in } }
        var random = SeededRandom(seed: 1)
        var said: UInt64 = 1
        while !journal.isFull {
            journal.say(noise(1000, &random), on: self)
            said += 1
        }
        await wait { store.statistics.diskFull >= 2 }
        #expect(journal.isFull)
        #expect(log.head < said)
        try await store.write { try $0.first("pragma max_page_count = 1000000") { _ in } }
        #expect(await speaker.room.wait(until: now + .seconds(20), on: self) == .signalled)
        #expect(!journal.isFull)
        journal.say("after", on: self)
        await journal.close(Ending(.completed), by: now + .seconds(20), on: self)
        #expect(speaker.failures.isEmpty && journal.failure == nil)
        #expect(try await store.messages(of: number).count == Int(said) + 1)
        await wait { watcher.isDone }
        #expect(watcher.last == said + 1)
        log.detach(watcher, on: self)
    }

    fileprivate func failForGood(in store: Store, _ clock: ManualClock) async throws {
        let task = TaskRecord.sample()
        let (number, journal) = try await begin(task, in: store)
        let speaker = Speaker()
        journal.report(to: speaker, on: self)
        try await store.write { try $0.first("pragma max_page_count = 1") { _ in } }
        var random = SeededRandom(seed: 2)
        journal.say(noise(100_000, &random), on: self)
        let turning = Task {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(500))
                // Between two looks at what nobody announces.
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
        let began = now
        await #expect(throws: StoreError.diskFull) {
            _ = try await journal.change(to: task.running(), from: .pending, on: self)
        }
        let took = now - began
        turning.cancel()
        await turning.value
        #expect(took > .seconds(28) && took < .seconds(45))
        #expect(speaker.failures == [.diskFull])
        journal.say("nobody keeps this", on: self)
        await #expect(throws: StoreError.diskFull) {
            _ = try await journal.change(to: task.running(), from: .pending, on: self)
        }
        await journal.close(Ending(.failed), by: now, on: self)
        #expect(speaker.failures == [.diskFull])
        #expect(journal.log.log(on: self).ending == Ending(.failed))
        #expect(holdings.timers == 0)
        try await store.write { try $0.first("pragma max_page_count = 1000000") { _ in } }
        #expect(try await store.messages(of: number).count == 1)
    }

    fileprivate func closeOnAFullDisk(in store: Store) async throws {
        let (_, journal) = try await begin(.sample(), in: store)
        let speaker = Speaker()
        journal.report(to: speaker, on: self)
        try await store.write { try $0.first("pragma max_page_count = 1") { _ in } }
        var random = SeededRandom(seed: 3)
        journal.say(noise(50_000, &random), on: self)
        let began = now
        await journal.close(Ending(.serverShutdown), by: now + .milliseconds(200), on: self)
        #expect(now - began < .seconds(10))
        #expect(speaker.failures == [.diskFull])
        #expect(journal.log.log(on: self).ending == Ending(.serverShutdown))
        #expect(holdings.timers == 0)
    }

    fileprivate func sayAMillion(in store: Store) async throws {
        let task = TaskRecord.sample()
        let (number, journal) = try await begin(task, in: store)
        let speaker = Speaker()
        journal.report(to: speaker, on: self)
        let voice = EventVoice(.stdout, phase: "one")
        let line = Array("a line of output".utf8)
        for _ in 0..<1000 {
            for _ in 0..<1000 { journal.say(voice, line.span, on: self) }
            while journal.isFull {
                guard await speaker.room.wait(until: now + .seconds(30), on: self) == .signalled else {
                    break
                }
            }
        }
        #expect(try await journal.change(to: task.ended(.succeeded), from: .pending, on: self))
        await journal.close(Ending(.completed), by: now + .seconds(5), on: self)
        #expect(try await store.count("select max(size) from task_event") < 130 << 10)
        let logs = TaskLogs(store)
        let log = try #require(try await logs.log(of: task.id, on: self))
        let watcher = Watcher(after: 0, keeps: false)
        await watcher.watch(log, on: self)
        #expect(watcher.count == 1_000_002 && watcher.last == 1_000_002)
        #expect(watcher.ending == Ending(.completed, "Task completed"))
        #expect(watcher.largestSlice < 640 << 10)
        #expect(log.log(on: self).memory == 0)
        await logs.drain()
        let page = try await TaskArchive(of: number, in: store).page(from: 900_000, bytes: 1)
        #expect(page.first == 900_000)
        #expect(page.byteCount < 130 << 10)
    }

    fileprivate func changeWhatIsOver(in store: Store) async throws {
        let task = TaskRecord.sample()
        let (number, journal) = try await begin(task, in: store)
        #expect(try await store.change(number, to: task.ended(.cancelled), from: .pending))
        journal.say("before", on: self)
        #expect(try await journal.change(to: task.running(), from: .pending, on: self) == false)
        #expect(try await journal.change(to: task.ended(.succeeded), from: .running, on: self) == false)
        journal.say("after", on: self)
        await journal.close(Ending(.failed), by: now + .seconds(5), on: self)
        let messages = try await store.messages(of: number)
        try #require(numbers(messages) == [1, 2, 3, 4, 5])
        for seq in [2, 3] { #expect(messages[seq].contains("\"CANCELLED\"")) }
        let id = task.id
        #expect(try await store.read { try TaskTable.task(id, in: $0) }?.record.status == .cancelled)
    }
}

/// Text that nothing makes smaller.
private func noise(_ count: Int, _ random: inout SeededRandom) -> String {
    String(decoding: (0..<count).map { _ in UInt8.random(in: 0x23...0x5B, using: &random) }, as: UTF8.self)
}
