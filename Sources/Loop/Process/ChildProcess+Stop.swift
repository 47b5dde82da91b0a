import Glibc

extension ChildProcess {
    /// Ends the whole tree: the process, its group, and whoever came from it, wherever they went.
    ///
    /// Returns as soon as nobody is left. Asking twice is asking once: the second gets the first's report.
    /// It is not cut short when the asking task is cancelled, since half a stop is a leak.
    package func stop(_ ladder: StopLadder = .standard, on loop: isolated EventLoop) async -> StopReport {
        if let stopping { return await stopping.value }
        // Both the child and its stop live on this loop; the task only carries them.
        nonisolated(unsafe) let climb = Climb(of: self, by: ladder, from: loop.now)
        let task = Task.immediate { unsafe await climb.run(on: loop) }
        stopping = task
        return await task.value
    }
}

/// One way down the ladder, for one child. Lives on the child's loop.
private final class Climb {
    /// How many walks in a row may find somebody new before those that are frozen are killed all the same.
    private static let freezes = 64

    private let child: ChildProcess
    private let ladder: StopLadder
    private let began: Instant
    private var report = StopReport()
    private var seen = Set<ProcessRecord.ID>()
    private var killed = Set<ProcessRecord.ID>()
    private var present: [ProcessRecord] = []

    init(of child: ChildProcess, by ladder: StopLadder, from began: Instant) {
        self.child = child
        self.ladder = ladder
        self.began = began
    }

    func run(on loop: isolated EventLoop) async -> StopReport {
        await climb(on: loop)
        report.seen = seen.count
        report.killed = killed.count
        report.remaining = present.count
        report.leader = child.end?.exit
        report.took = loop.clock.now - began
        return report
    }

    private func climb(on loop: isolated EventLoop) async {
        await look(on: loop)
        if isGone { return }

        if child.end == nil {
            report.rung = .request
            child.signal(ladder.request, group: true)
            child.signal(SIGCONT, group: true)
            if await isGone(by: loop.clock.now + ladder.afterRequest, on: loop) { return }
        }

        report.rung = .terminate
        await look(on: loop)
        child.signal(SIGTERM, group: true)
        _ = await walker.signal(present, SIGTERM, on: loop)
        // A stopped process hears of its end only when it goes on.
        _ = await walker.signal(present, SIGCONT, on: loop)
        if await isGone(by: loop.clock.now + ladder.afterTerminate, on: loop) { return }

        report.rung = .kill
        let limit = loop.clock.now + ladder.killing
        repeat {
            // The group stops in one step, in which none of it can fork.
            child.signal(SIGSTOP, group: true)
            let frozen = await freeze(on: loop)
            killed.formUnion(await walker.kill(frozen, and: child.controlGroup, on: loop))
            seen.formUnion(killed)
        } while await !isGone(by: min(limit, loop.clock.now + .milliseconds(50)), on: loop)
            && loop.clock.now < limit
    }

    /// Stops the tree, one walk after the other until one finds nobody new; others' walks come between.
    private func freeze(on loop: isolated EventLoop) async -> [ProcessRecord] {
        var frozen: [ProcessRecord.ID: ProcessRecord] = [:]
        for _ in 0..<Self.freezes {
            let fresh = await walker.freeze(search, except: Set(frozen.keys), on: loop)
            if fresh.isEmpty { break }
            for member in fresh { frozen[member.id] = member }
        }
        return Array(frozen.values)
    }

    /// Waits until nobody of the tree is left. Once its leader has ended it looks again whenever some process
    /// ended: the last of a tree has lost its parents, so it ends as a child of ours.
    private func isGone(by deadline: Instant, on loop: isolated EventLoop) async -> Bool {
        while true {
            let generation = child.nursery.generation
            if child.end != nil { await look(on: loop) }
            if isGone { return true }
            if loop.clock.now >= deadline { return false }
            await child.nursery.change(since: generation, until: deadline, on: loop)
        }
    }

    private var isGone: Bool { present.isEmpty && child.end != nil }

    private func look(on loop: isolated EventLoop) async {
        present = await walker.members(for: search, on: loop)
        seen.formUnion(present.lazy.filter { !$0.isZombie }.map(\.id))
    }

    private var walker: ProcessWalker { child.nursery.walker }

    private var search: ProcessSearch {
        ProcessSearch(
            tree: child.tree, ownsSession: child.nursery.isUndisputed(child.tree), ownsAll: child.isOnly,
            controlGroup: child.controlGroup)
    }
}
