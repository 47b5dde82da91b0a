import Loop
import Sessions
import Store
import TestKit
import Testing
import Wire

@testable import Workflows

/// A store with the tables of tasks, in a folder of its own, closed whatever the test does.
func withTasks(_ body: (Store, _ folder: String) async throws -> Void) async throws {
    let folder = try TemporaryFolder()
    let store = try Store(
        folder: folder.file("data"), migrations: TaskTable.migrations + EventTable.migrations)
    let result: Result<Void, any Error>
    do { result = .success(try await body(store, folder.path)) } catch { result = .failure(error) }
    await store.close()
    try result.get()
}

/// The same with loops.
func withTasks(
    loops: Int, clock: any LoopClock = SystemClock(),
    _ body: (Store, String, [EventLoop]) async throws -> Void
) async throws {
    let group = try LoopGroup(count: loops, clock: clock)
    let result: Result<Void, any Error>
    do {
        result = .success(try await withTasks { try await body($0, $1, group.loops) })
    } catch { result = .failure(error) }
    await group.stop()
    try result.get()
}

extension TaskRecord {
    static func sample(
        _ workflow: String = "hello", title: String = "Say hello", owner: String? = "anna",
        at time: Int64 = 1_800_000_000_000
    ) -> TaskRecord {
        TaskRecord(
            id: .make(), workflow: workflow, title: title, requirement: "In \"many\" words.",
            inputs: ["someName": .text("x"), "a_b": .number(3), "deep": .flag(true)], priority: 5,
            testMode: false, maxDuration: 600.5, origin: .webhook, owner: owner, retryOf: nil,
            phases: [
                PhaseRecord(name: "one", title: "One", needs: []),
                PhaseRecord(name: "two", title: "Two", needs: ["one"]),
            ], createdAt: Timestamp(milliseconds: time))
    }

    /// As it is when it has ended.
    func ended(_ status: TaskStatus, after span: Int64 = 1500) -> TaskRecord {
        var record = self
        record.status = status
        record.reason = status == .succeeded ? .completed : .phaseFailed
        record.sentence = "It is over."
        record.startedAt = createdAt
        record.endedAt = Timestamp(milliseconds: createdAt.milliseconds + span)
        return record
    }

    func running() -> TaskRecord {
        var record = self
        record.status = .running
        record.startedAt = createdAt
        return record
    }
}

extension Store {
    /// Puts a task in and gives its number.
    @discardableResult
    func add(_ task: TaskRecord) async throws -> Int64 {
        let submission = try await write { try TaskTable.insert(task, into: $0) }
        guard case .accepted(let number) = submission else {
            Issue.record("\(submission)")
            return 0
        }
        return number
    }

    func change(_ number: Int64, to task: TaskRecord, from: TaskStatus) async throws -> Bool {
        let encoded = try EncodedTask(task)
        return try await write { try TaskTable.change(number, to: encoded, from: from, in: $0) }
    }

    /// What is stored of a task's log: the messages, as a client would decode them.
    func messages(of number: Int64) async throws -> [String] {
        let frames = try await read { db in
            try db.all("select frames, size from task_event where task = ? order by last", number) { row in
                try PackedFrames.unpack(row[0], size: row[1])
            }
        }
        return frames.flatMap(decode)
    }

    func count(_ sql: StaticString) async throws -> Int {
        try await read { try $0.first(sql) { try $0[0, as: Int.self] } ?? 0 }
    }
}

/// The messages of frames, as a client would decode them.
func decode(_ frames: [UInt8]) -> [String] {
    var frames = frames
    var messages: [String] = []
    var decoder = WebSocketDecoder(role: .client)
    unsafe frames.withUnsafeMutableBytes { bytes in
        var rest = unsafe bytes
        while case .message(_, let payload)? = unsafe try? decoder.next(&rest) {
            messages.append(unsafe String(decoding: payload, as: UTF8.self))
        }
        unsafe #expect(rest.isEmpty)
    }
    return messages
}

/// The numbers that messages say they have.
func numbers(_ messages: [String]) -> [UInt64] {
    messages.map { JSONObject(minified: Array($0.utf8))?.number("seq") ?? 0 }
}

/// Reads a log up to a number of messages, or to its end.
final class Watcher: LogReader {
    var cursor: Cursor?
    private(set) var messages: [String] = []
    private(set) var gaps: [ClosedRange<UInt64>] = []
    private(set) var ending: Ending?
    private(set) var error: LogError?
    private(set) var largestSlice = 0
    private let most: Int
    private let keeps: Bool
    private(set) var count = 0
    private(set) var last: UInt64
    /// Told the number of each entry that is heard.
    var onEntry: ((UInt64) -> Void)?
    private let told = Waiter()

    init(after last: UInt64, most: Int = .max, keeps: Bool = true) {
        self.last = last
        self.most = most
        self.keeps = keeps
    }

    var isDone: Bool { ending != nil || error != nil || count >= most }

    func hear(_ log: Log, on loop: isolated EventLoop) {
        pull(on: loop)
        told.signal(on: loop)
    }

    func pull(on loop: isolated EventLoop) {
        while !isDone {
            switch cursor!.pending(on: loop) {
            case .nothing: return
            case .slice(let slice): take(slice)
            case .gap(let from, let to):
                gaps.append(from...to)
                cursor!.skip()
            case .reset:
                Issue.record("a reset")
                return
            case .ended: ending = cursor!.log.ending
            case .unreadable(let error): self.error = error
            }
        }
    }

    private func take(_ slice: LogSlice) {
        largestSlice = max(largestSlice, slice.byteCount)
        for entry in slice.entries where count < most {
            #expect(entry.seq > last)
            last = entry.seq
            count += 1
            onEntry?(last)
            if keeps { messages.append(unsafe String(decoding: entry.payload, as: UTF8.self)) }
        }
        if last + 1 == slice.end { cursor!.advance(past: slice) } else { cursor!.advance(through: last) }
    }

    /// Reads until it is done.
    func watch(_ log: SharedLog, on loop: isolated EventLoop) async {
        await log.attach(self, after: last, on: loop)
        pull(on: loop)
        let deadline = loop.now + .seconds(60)
        while !isDone {
            guard await told.wait(until: deadline, on: loop) == .signalled else {
                Issue.record("nothing more came behind \(last)")
                break
            }
        }
        cursor!.log.detach(self, on: loop)
    }
}

/// Who speaks through a journal in a test.
final class Speaker: TaskJournalOwner {
    let room = Waiter()
    private(set) var failures: [StoreError] = []
    let failed = Waiter()

    func journalHasRoom(_ journal: TaskJournal, on loop: isolated EventLoop) { room.signal(on: loop) }

    func journal(_ journal: TaskJournal, failedBy error: StoreError, on loop: isolated EventLoop) {
        failures.append(error)
        failed.signal(on: loop)
    }
}

extension TaskJournal {
    func say(_ text: String, isCut: Bool = false, on loop: isolated EventLoop) {
        say(TaskEvent(.stdout, phase: "one", text, isCut: isCut), on: loop)
    }
}
