import Loop
import Store
import TestKit
import Testing

@testable import Workflows

@Suite struct TaskHistoryTests {
    private static let day: Int64 = 86_400_000

    private func fill(_ store: Store, seed: UInt64) async throws -> [TaskRecord] {
        var random = SeededRandom(seed: seed)
        var tasks: [TaskRecord] = []
        for index in 0..<600 {
            let workflow = ["a", "b", "no task of it is over", "Ü"].randomElement(using: &random)!
            var task = TaskRecord.sample(
                workflow, title: "Title \(index % 7)", at: .random(in: 0...9 * Self.day, using: &random))
            task.usage = ["tokens": Double(Int.random(in: 0...100, using: &random)), "cost": 0.25]
            if workflow.count == 1 {
                let status = [TaskStatus.succeeded, .failed, .cancelled, .running].randomElement(
                    using: &random)!
                if status.isOver { task = task.ended(status, after: .random(in: 0...5000, using: &random)) }
                // Cancelled before it began.
                if status == .cancelled, Bool.random(using: &random) { task.startedAt = nil }
            }
            tasks.append(task)
        }
        let all = tasks
        try await store.write { db in for task in all { _ = try TaskTable.insert(task, into: db) } }
        return tasks
    }

    /// The same, as one would count it by hand.
    private func count(_ tasks: [TaskRecord]) -> TaskHistory.Figures {
        var figures = TaskHistory.Figures()
        figures.total = tasks.count
        figures.succeeded = tasks.count { $0.status == .succeeded }
        figures.failed = tasks.count { $0.status == .failed }
        figures.cancelled = tasks.count { $0.status == .cancelled }
        figures.tokens = tasks.reduce(0) { $0 + $1.usage["tokens"]! }
        figures.cost = tasks.reduce(0) { $0 + $1.usage["cost"]! }
        let judged = figures.succeeded + figures.failed
        figures.successRate = judged == 0 ? nil : Double(figures.succeeded) / Double(judged)
        return figures
    }

    private func durations(_ tasks: [TaskRecord]) -> TaskHistory.Durations? {
        let sorted = tasks.compactMap { task in
            task.startedAt.map { task.endedAt!.milliseconds - $0.milliseconds }
        }.sorted()
        guard !sorted.isEmpty else { return nil }
        func rank(_ share: Int) -> Double {
            Double(
                sorted.first { one in
                    sorted.count { $0 <= one } * 100 >= share * sorted.count
                }!) / 1000
        }
        return TaskHistory.Durations(
            mean: Double(sorted.reduce(0, +)) / Double(sorted.count) / 1000, p50: rank(50), p95: rank(95))
    }

    private func naive(_ tasks: [TaskRecord], _ filter: HistoryFilter) -> TaskHistory {
        let matching = tasks.filter { task in
            guard let end = task.endedAt else { return false }
            return filter.statuses?.contains(task.status) ?? true
                && filter.workflow.map { $0 == task.workflow } ?? true
                && filter.text.map { task.title.lowercased().contains($0.lowercased()) } ?? true
                && filter.from.map { end >= $0 } ?? true && filter.before.map { end < $0 } ?? true
        }
        var history = TaskHistory()
        history.figures = count(matching)
        history.durations = durations(matching)
        for (name, group) in Dictionary(grouping: matching, by: \.workflow).sorted(by: { $0.key < $1.key }) {
            history.byWorkflow.append(
                TaskHistory.Workflow(workflow: name, figures: count(group), durations: durations(group)))
        }
        let days = Dictionary(grouping: matching) { $0.endedAt!.milliseconds / Self.day }
        for (number, group) in days.sorted(by: { $0.key < $1.key }) {
            history.byDay.append(
                TaskHistory.Day(day: Timestamp(milliseconds: number * Self.day), figures: count(group)))
        }
        return history
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func theFiguresAreThoseThatOneWouldCountByHand(seed: UInt64) async throws {
        try await withTasks { store, _ in
            let tasks = try await fill(store, seed: seed)
            let (from, before) = (
                Timestamp(milliseconds: 2 * Self.day), Timestamp(milliseconds: 5 * Self.day + 7)
            )
            let filters = [
                HistoryFilter(), HistoryFilter(statuses: [.failed]), HistoryFilter(workflow: "b"),
                HistoryFilter(text: "TITLE 3"), HistoryFilter(from: from, before: before),
                HistoryFilter(
                    statuses: [.succeeded, .cancelled], workflow: "Ü", text: "title 5", from: from),
                HistoryFilter(workflow: "none"), HistoryFilter(statuses: [.cancelled], before: before),
            ]
            for filter in filters {
                let history = try await store.read { try TaskHistory.read(filter, in: $0) }
                #expect(history == naive(tasks, filter), "\(filter)")
            }
        }
    }
}
