import Glibc
import Synchronization

/// Looks through /proc on a thread of its own, for everyone who stops a tree.
///
/// Those who ask while a walk is under way share the next one, so stopping hundreds of trees at once does not
/// walk hundreds of times.
final class ProcessWalker: Sendable {
    private struct Walk {
        let began: Instant
        let table: ProcessTable
    }

    private let pool: Offload
    private let latest = Mutex<Walk?>(nil)
    private let clock = SystemClock()

    // Never refuses: each stop has one question open at most.
    init() throws(SystemError) { pool = try Offload(name: "process-walk", threads: 1, capacity: .max) }

    /// Who of the tree is there now.
    func members(for search: ProcessSearch, on loop: isolated EventLoop) async -> [ProcessRecord] {
        let asked = clock.now
        return await ask(on: loop) { [self] in search.members(in: table(notBefore: asked)) }
    }

    /// Signals all of `members` that are still there; how many were.
    func signal(_ members: [ProcessRecord], _ number: CInt, on loop: isolated EventLoop) async -> Int {
        await ask(on: loop) { members.reduce(0) { $0 + ($1.signal(number) ? 1 : 0) } }
    }

    /// Stops all of the tree that is not `frozen` yet, so that it cannot fork faster than it is killed.
    /// Who was new.
    func freeze(
        _ search: ProcessSearch, except frozen: Set<ProcessRecord.ID>, on loop: isolated EventLoop
    ) async -> [ProcessRecord] {
        let asked = clock.now
        return await ask(on: loop) { [self] in
            let fresh = search.members(in: table(notBefore: asked)).filter {
                !$0.isZombie && !frozen.contains($0.id)
            }
            for member in fresh { _ = member.signal(SIGSTOP) }
            return fresh
        }
    }

    /// Kills `members` and whoever else is in the tree's control group. Those of them who were still there.
    func kill(
        _ members: [ProcessRecord], and controlGroup: ControlGroup?, on loop: isolated EventLoop
    ) async -> Set<ProcessRecord.ID> {
        await ask(on: loop) {
            let killed = Set(members.filter { $0.signal(SIGKILL) }.map(\.id))
            _ = controlGroup?.kill()
            return killed
        }
    }

    /// Whether `isMeant` of somebody who is in the tree now; false when that is not known by the deadline.
    func isAny(
        of search: ProcessSearch, until deadline: Instant, on loop: isolated EventLoop,
        _ isMeant: @escaping @Sendable (ProcessRecord) -> Bool
    ) async -> Bool {
        let asked = clock.now
        let answer = try? await pool.run(until: deadline, on: loop) { [self] in
            search.members(in: table(notBefore: asked)).contains(where: isMeant)
        }
        return answer ?? false
    }

    func countZombies(until deadline: Instant, on loop: isolated EventLoop) async throws(OffloadError) -> Int
    {
        let asked = clock.now
        do {
            return try await pool.run(until: deadline, on: loop) { [self] in
                let us = getpid()
                return table(notBefore: asked).records.count { $0.isZombie && $0.parent == us }
            }
        } catch let error as OffloadError {
            throw error
        } catch {
            fatalError("a walk throws nothing of its own: \(error)")
        }
    }

    /// A table that was begun after `asked`.
    private func table(notBefore asked: Instant) -> ProcessTable {
        if let walk = latest.withLock({ $0 }), walk.began > asked { return walk.table }
        let began = clock.now
        let table = ProcessTable.read()
        latest.withLock { $0 = Walk(began: began, table: table) }
        return table
    }

    private func ask<T: Sendable>(on loop: isolated EventLoop, _ body: @escaping @Sendable () -> T) async -> T
    {
        do {
            return try await pool.run(until: .distantFuture, on: loop, body)
        } catch {
            // The pool is never stopped and never full, and a stop runs in a task that nobody cancels.
            fatalError("the process walk ended: \(error)")
        }
    }
}
