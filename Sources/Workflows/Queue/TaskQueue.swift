/// Which task runs next. Decides only; its owner starts and stores.
///
/// Order is one line that everybody sees: the higher priority first, then by position. A new task's position is
/// where its owner's turn comes (start-time fair queueing): somebody who submits a hundred at once stands behind
/// others with their second, not their hundredth. Moving a task gives it a position between two others.
package struct TaskQueue: Sendable {
    package struct Entry: Equatable, Sendable {
        package let id: TaskID
        /// In the order of submission.
        package let number: Int64
        package let workflow: String
        package let owner: String?
        package let priority: Int
        package var position: Double
        /// What its workflow said when it was submitted about how many may run at one time.
        package var concurrency: Int?
    }

    /// How many tasks may run at one time.
    package var limit: Int
    package var isPaused = false
    package private(set) var waiting: [Entry] = []
    private(set) var running: [TaskID: String] = [:]
    private var runningOf: [String: Int] = [:]
    /// The furthest position that was ever served.
    private var served = 0.0
    /// The last position of each owner with something in the line.
    private var lastOf: [String?: Double] = [:]

    package init(limit: Int) { self.limit = limit }

    package var runningCount: Int { running.count }

    package func entry(_ id: TaskID) -> Entry? { waiting.first { $0.id == id } }

    /// Where the owner's next task stands. The place is taken with that, so that nobody gets it twice.
    package mutating func takePlace(for owner: String?) -> Double {
        let position = max(served, lastOf[owner] ?? served) + 1
        lastOf[owner] = position
        return position
    }

    /// All before `position` have been served, as in a life of the server before.
    package mutating func resume(at position: Double) { served = max(served, position - 1) }

    package mutating func add(_ entry: Entry) {
        let place = waiting.partitioningIndex { Self.goes(entry, before: $0) }
        waiting.insert(entry, at: place)
        lastOf[entry.owner] = max(lastOf[entry.owner] ?? 0, entry.position)
    }

    /// Takes it out of the line; false when it is not there.
    @discardableResult
    package mutating func remove(_ id: TaskID) -> Bool {
        guard let place = waiting.firstIndex(where: { $0.id == id }) else { return false }
        let owner = waiting.remove(at: place).owner
        if !waiting.contains(where: { $0.owner == owner }) { lastOf[owner] = nil }
        return true
    }

    /// The next that may begin, which then counts as running; nil when none may.
    ///
    /// - Parameter concurrency: how many tasks of the entry's workflow may run at one time; nil: any number.
    package mutating func next(concurrency: (Entry) -> Int?) -> TaskID? {
        guard !isPaused, running.count < limit else { return nil }
        let place = waiting.firstIndex { entry in
            concurrency(entry).map { runningOf[entry.workflow, default: 0] < $0 } ?? true
        }
        guard let place else { return nil }
        let entry = waiting[place]
        served = max(served, entry.position)
        remove(entry.id)
        running[entry.id] = entry.workflow
        runningOf[entry.workflow, default: 0] += 1
        return entry.id
    }

    /// It runs no more.
    package mutating func ended(_ id: TaskID) {
        guard let workflow = running.removeValue(forKey: id) else { return }
        runningOf[workflow, default: 0] -= 1
        if runningOf[workflow] == 0 { runningOf[workflow] = nil }
    }

    /// Where it would stand right before `other`, or at the end of those with its priority; nil when one of the two
    /// does not wait, or they are of different priorities. Where no position is left between two, all of its priority
    /// get others, evenly, so that it stands where it was put.
    package func places(of id: TaskID, before other: TaskID?) -> [TaskID: Double]? {
        guard let entry = entry(id), other != id else { return entry(id).map { [id: $0.position] } }
        var peers = waiting.filter { $0.priority == entry.priority && $0.id != id }
        guard let other else { return [id: (peers.last?.position ?? entry.position) + 1] }
        guard let last = peers.last, let place = peers.firstIndex(where: { $0.id == other }) else {
            return nil
        }
        let after = place > 0 ? peers[place - 1].position : peers[place].position - 2
        let position = (after + peers[place].position) / 2
        if after < position, position < peers[place].position { return [id: position] }
        let start = peers[0].position - 1
        peers.insert(entry, at: place)
        let step = (last.position - start) / Double(peers.count)
        return Dictionary(
            uniqueKeysWithValues: peers.enumerated().map { ($1.id, start + Double($0 + 1) * step) })
    }

    /// Gives those of them other places that still wait.
    package mutating func move(to places: [TaskID: Double]) {
        for index in waiting.indices {
            guard let position = places[waiting[index].id] else { continue }
            waiting[index].position = position
            let owner = waiting[index].owner
            lastOf[owner] = max(lastOf[owner] ?? 0, position)
        }
        waiting.sort(by: Self.goes)
    }

    private static func goes(_ entry: Entry, before other: Entry) -> Bool {
        if entry.priority != other.priority { return entry.priority > other.priority }
        if entry.position != other.position { return entry.position < other.position }
        return entry.number < other.number
    }
}

extension Array {
    /// The first place whose element satisfies `belongs`, where all behind it do too; the end when none does.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
