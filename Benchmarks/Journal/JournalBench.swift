import Glibc
import Loop
import Sessions
import Store
import TestKit
import Workflows

/// How many lines a second one task says, stores and delivers to one reader in the process, and how long history
/// takes over many tasks.
///
///     JournalBench [LINES] [TASKS]
@main struct JournalBench {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        let folder = try TemporaryFolder()
        let store = try Store(
            folder: folder.file("data"), migrations: TaskTable.migrations + EventTable.migrations)
        let group = try LoopGroup(count: 1)
        try await group.loops[0].measureLines(arguments.first ?? 5_000_000, in: store)
        try await measureHistory(arguments.dropFirst().first ?? 100_000, in: store)
        await group.stop()
        await store.close()
    }

    private static func measureHistory(_ count: Int, in store: Store) async throws {
        var random = SeededRandom(seed: 1)
        let start = Timestamp.now.milliseconds - 90 * 86_400_000
        for first in stride(from: 0, to: count, by: 1000) {
            var tasks: [TaskRecord] = []
            for number in first..<min(first + 1000, count) {
                var task = TaskRecord.sample("workflow-\(number % 10)", at: start + Int64(number) * 70_000)
                let end = task.createdAt.milliseconds + .random(in: 100...600_000, using: &random)
                task.status =
                    [.succeeded, .succeeded, .failed, .cancelled].randomElement(using: &random) ?? .failed
                task.startedAt = task.createdAt
                task.endedAt = Timestamp(milliseconds: end)
                task.usage = ["tokens": .random(in: 0...1e5, using: &random), "cost": 0.25]
                tasks.append(task)
            }
            let batch = tasks
            try await store.write(timeout: .seconds(60)) { db in
                for task in batch { _ = try TaskTable.insert(task, into: db) }
            }
        }
        let from = Timestamp(milliseconds: start + 30 * 86_400_000)
        let filters: [(String, HistoryFilter)] = [
            ("all", HistoryFilter()), ("one workflow", HistoryFilter(workflow: "workflow-3")),
            ("from a day on", HistoryFilter(from: from)), ("a text", HistoryFilter(text: "the answer")),
        ]
        for (name, filter) in filters {
            let clock = ContinuousClock()
            let began = clock.now
            let history = try await store.read { try TaskHistory.read(filter, in: $0) }
            print("history, \(name): \(history.figures.total) tasks in \(clock.now - began)")
        }
        let clock = ContinuousClock()
        let began = clock.now
        let page = try await store.read {
            try TaskTable.list(TaskFilter(workflow: "workflow-3"), limit: 50, in: $0)
        }
        print("list: \(page.tasks.count) of \(page.total) tasks in \(clock.now - began)")
    }
}

/// Takes what is pending and sends it nowhere.
private final class Reader: LogReader {
    var cursor: Cursor?
    var bytes = 0
    var pages = 0
    let told = Waiter()

    func hear(_ log: Log, on loop: isolated EventLoop) {
        while case .slice(let slice) = cursor!.pending(on: loop) {
            bytes += slice.byteCount
            pages += 1
            cursor!.advance(past: slice)
        }
        told.signal(on: loop)
    }
}

private final class Speaker: TaskJournalOwner {
    let room = Waiter()

    func journalHasRoom(_ journal: TaskJournal, on loop: isolated EventLoop) { room.signal(on: loop) }
    func journal(_ journal: TaskJournal, failedBy error: StoreError, on loop: isolated EventLoop) {
        print("failed: \(error)")
        exit(1)
    }
}

extension TaskRecord {
    fileprivate static func sample(_ workflow: String, at milliseconds: Int64) -> TaskRecord {
        TaskRecord(
            id: .make(), workflow: workflow, title: "Find the answer", requirement: "Look for it everywhere.",
            inputs: [:], priority: 0, testMode: false, maxDuration: 600, origin: .person, owner: "anna",
            retryOf: nil, phases: [PhaseRecord(name: "build", title: "Build", needs: [])],
            createdAt: Timestamp(milliseconds: milliseconds))
    }
}

extension EventLoop {
    fileprivate func measureLines(_ count: Int, in store: Store) async throws {
        let task = TaskRecord.sample("lines", at: Timestamp.now.milliseconds)
        guard case .accepted(let number) = try await store.write({ try TaskTable.insert(task, into: $0) })
        else {
            return
        }
        let errands = Errands()
        let journal = TaskJournal(of: number, after: 1, in: store, errands: errands, on: self)
        let speaker = Speaker()
        journal.report(to: speaker, on: self)
        let reader = Reader()
        journal.log.log(on: self).attach(reader, after: 1, on: self)
        let voice = EventVoice(.stdout, phase: "build")
        let line = Array("[ 42%] Building CXX object src/CMakeFiles/answer.dir/question.cpp.o".utf8)
        let clock = ContinuousClock()
        let began = clock.now
        var saying = Duration.zero
        for start in stride(from: 0, to: count, by: 1000) {
            let turn = clock.now
            for _ in start..<min(start + 1000, count) { journal.say(voice, line.span, on: self) }
            saying += clock.now - turn
            while journal.isFull { _ = await speaker.room.wait(until: .distantFuture, on: self) }
            await Task.yield()
        }
        await journal.close(Ending(.completed), by: .distantFuture, on: self)
        while reader.cursor!.next <= journal.log.log(on: self).head {
            _ = await reader.told.wait(until: .distantFuture, on: self)
        }
        let took = (clock.now - began) / .seconds(1)
        print(
            "\(count) lines in \(took) s: \(Int(Double(count) / took)) lines/s,",
            "\(Int(Double(reader.bytes) / took / 1e6)) MB/s of frames,",
            "say \(Int(saying / .nanoseconds(1)) / count) ns a line, \(reader.pages) slices")
        journal.log.log(on: self).detach(reader, on: self)
        await errands.drain()
        var use = rusage()
        unsafe getrusage(RUSAGE_SELF.rawValue, &use)
        print("\(store.statistics.commits) commits, at most \(use.ru_maxrss / 1024) MiB resident")
    }
}
