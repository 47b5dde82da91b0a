import TestKit
import Testing

@testable import Workflows

@Suite struct TaskQueueTests {
    private var ids: [Int64: TaskID] = [:]
    private var queue = TaskQueue(limit: 100)

    private mutating func add(
        _ number: Int64, by owner: String, priority: Int = 0, workflow: String = "work"
    ) {
        ids[number] = .make()
        let position = queue.takePlace(for: owner)
        queue.add(
            TaskQueue.Entry(
                id: ids[number]!, number: number, workflow: workflow, owner: owner, priority: priority,
                position: position))
    }

    private mutating func move(_ id: TaskID, before other: TaskID?) -> Bool {
        guard let places = queue.places(of: id, before: other) else { return false }
        queue.move(to: places)
        return true
    }

    private func number(_ id: TaskID?) -> Int64? { ids.first { $0.value == id }?.key }

    /// In the order in which they begin, at most `count`.
    private mutating func begun(_ count: Int = .max, concurrency: (String) -> Int? = { _ in nil }) -> [Int64]
    {
        var begun: [Int64] = []
        while begun.count < count, let id = queue.next(concurrency: { concurrency($0.workflow) }) {
            begun.append(number(id)!)
        }
        return begun
    }

    @Test mutating func oneOwnersTasksBeginInOrderAndPriorityComesFirst() {
        for one in 1...3 { add(Int64(one), by: "a") }
        add(4, by: "a", priority: 5)
        #expect(begun() == [4, 1, 2, 3])
    }

    @Test mutating func whoSubmitsManyStandsBehindOthersWithTheirSecond() {
        for one in 1...100 { add(Int64(one), by: "many") }
        add(101, by: "one")
        add(102, by: "two")
        add(103, by: "two")
        #expect(begun(6) == [1, 101, 102, 2, 103, 3])
        add(104, by: "late")
        #expect(begun(2) == [4, 104])
    }

    /// Behind a restart, a newcomer does not stand before those who have waited.
    @Test mutating func whoWaitedBeforeARestartIsNotPassedBy() {
        queue.resume(at: 5000)
        for number in 1...3 as ClosedRange<Int64> {
            ids[number] = .make()
            queue.add(
                TaskQueue.Entry(
                    id: ids[number]!, number: number, workflow: "work", owner: "old", priority: 0,
                    position: 4999 + Double(number)))
        }
        for number in 4...6 as ClosedRange<Int64> { add(number, by: "new") }
        #expect(begun() == [1, 4, 2, 5, 3, 6])
    }

    @Test mutating func noMoreRunThanMay() {
        queue.limit = 2
        for one in 1...4 { add(Int64(one), by: "a") }
        #expect(begun() == [1, 2])
        queue.ended(ids[1]!)
        #expect(begun() == [3])
        queue.ended(ids[1]!)
        #expect(begun() == [])
    }

    @Test mutating func aWorkflowThatIsFullLetsOthersPass() {
        for one in 1...3 { add(Int64(one), by: "a", workflow: "single") }
        add(4, by: "a", workflow: "free")
        let concurrency: (String) -> Int? = { $0 == "single" ? 1 : nil }
        #expect(begun(concurrency: concurrency) == [1, 4])
        queue.ended(ids[1]!)
        #expect(begun(concurrency: concurrency) == [2])
    }

    @Test mutating func nothingBeginsWhileItIsPaused() {
        add(1, by: "a")
        queue.isPaused = true
        #expect(begun() == [])
        queue.isPaused = false
        #expect(begun() == [1])
    }

    @Test mutating func aTaskMovesBeforeAnotherOrToTheEnd() {
        for one in 1...4 { add(Int64(one), by: "a") }
        #expect(move(ids[4]!, before: ids[1]!))
        #expect(move(ids[1]!, before: nil))
        add(5, by: "a", priority: 9)
        #expect(!move(ids[2]!, before: ids[5]!))
        #expect(!move(TaskID.make(), before: nil))
        #expect(begun() == [5, 4, 2, 3, 1])
    }

    /// The first tasks of two owners have the same position.
    @Test mutating func aTaskMovesBetweenTwoThatCameAtOnce() {
        add(1, by: "a")
        add(2, by: "b")
        add(3, by: "a")
        #expect(move(ids[3]!, before: ids[2]!))
        #expect(queue.waiting.map { number($0.id) } == [1, 3, 2])
    }

    /// Each move halves the distance between two positions, until there is none between them.
    @Test mutating func twoThatPassEachOtherAgainAndAgainStandWhereTheyWerePut() {
        for one in 1...4 { add(Int64(one), by: "a") }
        for _ in 0..<100 {
            #expect(move(ids[1]!, before: ids[4]!))
            #expect(queue.waiting.suffix(2).map { number($0.id) } == [1, 4])
            #expect(move(ids[2]!, before: ids[4]!))
            #expect(queue.waiting.map { number($0.id) } == [3, 1, 2, 4])
        }
    }

    @Test mutating func manyMovesKeepTheOrder() {
        for one in 1...5 { add(Int64(one), by: "a") }
        var order: [Int64] = [1, 2, 3, 4, 5]
        var random = SeededRandom(seed: 7)
        for _ in 0..<1000 {
            let moved = order.randomElement(using: &random)!
            let other = order.randomElement(using: &random)!
            guard moved != other else { continue }
            #expect(move(ids[moved]!, before: ids[other]!))
            order.removeAll { $0 == moved }
            order.insert(moved, at: order.firstIndex(of: other)!)
            #expect(queue.waiting.map { number($0.id) } == order)
        }
    }
}
