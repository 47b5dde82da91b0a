import CLinux
import Glibc
import Synchronization

/// The one thread that gives birth to processes and takes in orphans.
///
/// It exists once and ends with the program, for two reasons. A child dies with the *thread* that made it
/// (that is how the kernel counts parents for the parent-death signal), so that thread must have no end of
/// its own. And who is a child and who an orphan is known for certain only where nothing is born meanwhile.
package final class Nursery: Sendable {
    private struct Register {
        var births: [Birth] = []
        /// The children that a loop will reap, by pid, each with the number of its birth.
        var children: [pid_t: UInt64] = [:]
        var generation: UInt64 = 0
        var observers: [Reply<Void>] = []
        var counts = NurseryCounts()

        /// Something has ended: who is to be told.
        mutating func turnOver() -> [Reply<Void>] {
            generation += 1
            return exchange(&observers, with: [])
        }
    }

    private struct Birth {
        let spec: ProcessSpec
        let reply: Reply<Result<Newborn, SystemError>>
    }

    private static let made: Result<Nursery, SystemError> = {
        do throws(SystemError) { return .success(try Nursery()) } catch { return .failure(error) }
    }()

    /// The program's nursery; the first call makes the program the reaper of all orphans below it.
    package static func shared() throws(SystemError) -> Nursery { try made.get() }

    private let register = Mutex(Register())
    private let bell: WakeUp
    private let births = Atomic<UInt64>(0)
    let walker: ProcessWalker

    private init() throws(SystemError) {
        bell = try WakeUp()
        walker = try ProcessWalker()
        guard hf_become_subreaper() == 0 else { throw SystemError("child subreaper") }
        try LoopThread(name: "nursery") { [self] in work() }.detach()
    }

    package var counts: NurseryCounts {
        register.withLock { register in
            var counts = register.counts
            counts.children = register.children.count
            return counts
        }
    }

    /// How many ended processes wait to be reaped: 0 but for the blink between an end and its notice.
    package func zombies(until deadline: Instant, on loop: isolated EventLoop) async throws(OffloadError)
        -> Int
    {
        try await walker.countZombies(until: deadline, on: loop)
    }

    // MARK: For the loops

    /// Makes a child. One that arrives after the deadline is killed and reaped.
    func bear(
        _ spec: ProcessSpec, until deadline: Instant, on loop: isolated EventLoop
    ) async throws(SystemError) -> Newborn {
        let reply = Reply<Result<Newborn, SystemError>>()
        register.withLock { $0.births.append(Birth(spec: spec, reply: reply)) }
        bell.signal()
        switch await reply.wait(until: deadline, on: loop) {
        case .value(let result): return try result.get()
        case .expired: throw SystemError("spawn", code: ETIMEDOUT)
        case .cancelled: throw SystemError("spawn", code: ECANCELED)
        }
    }

    /// Takes the end of a child from the kernel; nil while it lives. Reaping and forgetting are one step,
    /// since the pid may be another's as soon as it is reaped.
    func reap(_ pid: pid_t, _ pidfd: borrowing Descriptor) -> ProcessEnd? {
        let (end, observers): (ProcessEnd?, [Reply<Void>]) = register.withLock { register in
            var ended = hf_ended()
            guard unsafe hf_reap(P_PIDFD, id_t(pidfd.raw), 0, &ended) == 1 else { return (nil, []) }
            register.children[pid] = nil
            return (ProcessEnd(code: ended.code, status: ended.status, ended.usage), register.turnOver())
        }
        for observer in observers { observer.answer(()) }
        return end
    }

    /// Kills a child that no loop can look after; it is reaped with the orphans.
    func disown(_ pid: pid_t, _ pidfd: borrowing Descriptor) {
        register.withLock { $0.children[pid] = nil }
        _ = hf_pidfd_signal(pidfd.raw, SIGKILL)
        bell.signal()
    }

    /// Whether `leader`'s pid has not been given to a later child.
    func isUndisputed(_ tree: ProcessTree) -> Bool {
        register.withLock { $0.children[tree.leader].map { $0 == tree.birth } ?? true }
    }

    /// Grows whenever a child or an orphan has ended.
    var generation: UInt64 { register.withLock { $0.generation } }

    /// Waits until some process ended after `generation` was read.
    func change(since generation: UInt64, until deadline: Instant, on loop: isolated EventLoop) async {
        let reply = Reply<Void>()
        let changed = register.withLock { register in
            register.observers.removeAll { $0.isOver }
            if register.generation != generation { return true }
            register.observers.append(reply)
            return false
        }
        if !changed { _ = await reply.wait(until: deadline, on: loop) }
    }

    // MARK: The thread

    private func work() {
        _ = hf_ring_on_child_exit(bell.raw)
        var reaper = OrphanReaper()
        while true {
            sleep(until: reaper.nextLook)
            for birth in register.withLock({ exchange(&$0.births, with: []) }) { deliver(birth) }
            reaper.reap(reapUnlessKnown)
            for observer in register.withLock({ $0.turnOver() }) { observer.answer(()) }
        }
    }

    private func deliver(_ birth: Birth) {
        guard !birth.reply.isOver else { return }
        let number = births.add(1, ordering: .relaxed).newValue
        do throws(SystemError) {
            let newborn = try Newborn.bear(birth.spec, as: number)
            register.withLock { register in
                register.children[newborn.tree.leader] = number
                register.counts.spawned += 1
            }
            guard !birth.reply.answer(.success(newborn)) else { return }
            register.withLock { $0.children[newborn.tree.leader] = nil }
            newborn.abandon()
        } catch {
            birth.reply.answer(.failure(error))
        }
    }

    private func reapUnlessKnown(_ pid: pid_t) -> Bool {
        register.withLock { register in
            guard register.children[pid] == nil else { return false }
            var ended = hf_ended()
            guard unsafe hf_reap(P_PID, id_t(pid), 0, &ended) == 1 else { return false }
            register.counts.orphansReaped += 1
            return true
        }
    }

    private func sleep(until deadline: Instant?) {
        // A millisecond more than is left, so that what is waited for is due.
        let patience =
            deadline.map { CInt(clamping: max(0, ($0 - SystemClock().now).milliseconds) + 1) } ?? -1
        var poll = pollfd(fd: bell.raw, events: Int16(POLLIN), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, patience)
        bell.clear()
    }
}

/// What the nursery has seen, for the metrics.
package struct NurseryCounts: Equatable, Sendable {
    /// Alive, or ended and about to be noticed by their loops.
    package var children = 0
    package var spawned = 0
    package var orphansReaped = 0
}
