import Glibc

/// Ends what earlier lives of the program have left.
///
/// When the program is killed its children die with it, but not who came from them. They all bear the mark of the life
/// that they are from, so the next life finds them, whatever session or parent they have by now; those that shed it
/// it finds by what they came from, or by the control group that they were in.
package enum Leftovers {
    package struct Report: Equatable, Sendable {
        /// How many were found and are gone.
        package internal(set) var ended = 0
        /// How many are still there: 0, unless the kernel itself holds them, or they are made faster than killed.
        package internal(set) var remaining = 0

        package static func + (one: Report, other: Report) -> Report {
            Report(ended: one.ended + other.ended, remaining: one.remaining + other.remaining)
        }
    }

    /// How many walks in a row may find somebody new before those that are frozen are killed all the same.
    private static let freezes = 64

    /// Freezes and kills all that bear the mark of one of `lives`, and their descendants, until nobody is left or
    /// `patience` is over. Whoever may not be looked into is not found. Blocks, so not on a loop.
    package static func end(of lives: [String], within patience: Duration) -> Report {
        let lives = Set(lives).subtracting([Nursery.life])
        let groups = ControlGroup.left(by: lives)
        defer { for group in groups { group.end(within: .milliseconds(100)) } }
        return end(within: patience) { find(lives, groups) }
    }

    /// Freezes and kills all that is below `root`, and then `root`. Where it takes in all orphans below it, as we do,
    /// nobody has got away, whatever mark it shed. Those of them that we ourselves descend from are spared. Blocks.
    package static func end(_ root: KnownProcess, within patience: Duration) -> Report {
        // It makes nobody and reaps nobody any more.
        root.signal(SIGSTOP)
        defer { root.signal(SIGKILL) }
        return end(within: patience) {
            let everyone = ProcessTable.readEveryone()
            guard everyone.contains(where: { $0.id == root.id }) else { return [] }
            return members(below: [root.id.pid], in: everyone, notAbove: getpid())
        }
    }

    private static func end(within patience: Duration, _ find: () -> [ProcessRecord]) -> Report {
        let clock = SystemClock()
        let deadline = clock.now + patience
        var seen = Set<ProcessRecord.ID>()
        var present = find()
        while !present.isEmpty {
            let frozen = freeze(present, find)
            seen.formUnion(frozen.map(\.id))
            for process in frozen { _ = process.signal(SIGKILL) }
            present = find()
            if present.isEmpty || clock.now >= deadline { break }
            // The kernel takes a moment to end those that it was told to.
            _ = poll(nil, 0, 2)
        }
        return Report(ended: seen.subtracting(present.map(\.id)).count, remaining: present.count)
    }

    /// Stops all of them, one walk after the other until one finds nobody new, so that none can fork meanwhile.
    private static func freeze(_ present: [ProcessRecord], _ find: () -> [ProcessRecord]) -> [ProcessRecord] {
        var frozen: [ProcessRecord.ID: ProcessRecord] = [:]
        var fresh = present
        for _ in 0..<freezes where !fresh.isEmpty {
            for process in fresh {
                _ = process.signal(SIGSTOP)
                frozen[process.id] = process
            }
            fresh = find().filter { frozen[$0.id] == nil }
        }
        return Array(frozen.values)
    }

    private static func find(_ lives: Set<String>, _ groups: [ControlGroup]) -> [ProcessRecord] {
        guard !lives.isEmpty else { return [] }
        let held = groups.reduce(into: Set<pid_t>()) { $0.formUnion($1.members()) }
        return members(of: lives, holding: held, in: ProcessTable.readEveryone(), notAbove: getpid())
    }

    /// Who of `everyone` is from `lives`, or comes from `roots`. We may ourselves have been started by one of them, so
    /// neither `own` process nor those that it descends from belong.
    static func members(
        of lives: Set<String> = [], holding held: Set<pid_t> = [], below roots: Set<pid_t> = [],
        in everyone: [ProcessRecord], notAbove own: pid_t
    ) -> [ProcessRecord] {
        let parents = Dictionary(everyone.map { ($0.pid, $0.parent) }) { first, _ in first }
        var spared: Set<pid_t> = [1]
        var next: pid_t? = own
        while let pid = next, spared.insert(pid).inserted { next = parents[pid] }

        var belongs = roots
        var members: [ProcessRecord] = []
        var rest = everyone.filter {
            !$0.isZombie && !spared.contains($0.pid) && !roots.contains($0.pid)
        }
        while true {
            let fresh = rest.filter {
                belongs.contains($0.parent) || held.contains($0.pid) || isMarked($0, lives)
            }
            if fresh.isEmpty { return members }
            members += fresh
            belongs.formUnion(fresh.map(\.pid))
            rest.removeAll { belongs.contains($0.pid) }
        }
    }

    private static func isMarked(_ process: ProcessRecord, _ lives: Set<String>) -> Bool {
        guard let marker = process.marker, let end = marker.lastIndex(of: "-") else { return false }
        return lives.contains(String(marker[..<end]))
    }
}
