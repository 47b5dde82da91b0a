import CLinux
import Glibc
import Synchronization

/// Where processes are born, and the thread that takes in orphans.
///
/// It exists once and ends with the program. A child dies with the *thread* that made it (that is how the kernel
/// counts parents for the parent-death signal), so the threads on which children are born have no end of their own.
/// There is one, and another is added, up to a bound, when all are busy: a birth lasts as long as its `chdir` and its
/// `exec`, and on a file system that hangs those hold up nobody else.
package final class Nursery: Sendable {
    /// So many births may hang before the others wait for them.
    static let mostCradles = 16

    /// Names this run of the program, as no other is or will be named: 64 random bits. All its children bear it.
    package static let life: String = {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }()

    private struct Register {
        /// Asked for, and not begun.
        var births: [Birth] = []
        var cradles: [Cradle] = []
        var busyCradles = 0
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

        /// A cradle to add for the births that wait, if there may be one more.
        mutating func makeRoom() -> Cradle? {
            let isCrowded = cradles.isEmpty || births.count > cradles.count - busyCradles
            guard isCrowded, cradles.count < Nursery.mostCradles else { return nil }
            let cradle = Cradle()
            cradles.append(cradle)
            return cradle
        }

        /// Nil where who asked for it has taken it back.
        mutating func beginBirth() -> Birth? {
            guard !births.isEmpty else { return nil }
            busyCradles += 1
            return births.removeFirst()
        }

        mutating func endBirth(in cradle: Cradle) {
            busyCradles -= 1
            cradle.clear()
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
    private let turnstile: Turnstile
    private let births = Atomic<UInt64>(0)
    let walker: ProcessWalker

    private init() throws(SystemError) {
        bell = try WakeUp()
        turnstile = try Turnstile()
        walker = try ProcessWalker()
        guard hf_become_subreaper() == 0 else { throw SystemError("child subreaper") }
        try LoopThread(name: "nursery") { [self] in work() }.detach()
        if let cradle = register.withLock({ $0.makeRoom() }) { try start(cradle) }
    }

    package var counts: NurseryCounts {
        register.withLock { register in
            var counts = register.counts
            counts.children = register.children.count
            counts.births = register.births.count + register.busyCradles
            return counts
        }
    }

    /// The threads for births: one more whenever all are busy, up to a bound, and none ever ends.
    package var cradleCount: Int { register.withLock { $0.cradles.count } }

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
        let cradle = register.withLock { register in
            register.births.append(Birth(spec: spec, reply: reply))
            return register.makeRoom()
        }
        // Where there can be no other thread, it waits for one of those that there are.
        if let cradle { try? start(cradle) }
        turnstile.admit(1)
        switch await reply.wait(until: deadline, on: loop) {
        case .value(let result): return try result.get()
        case .expired: throw takeBack(reply, SystemError("spawn", code: ETIMEDOUT))
        case .cancelled: throw takeBack(reply, SystemError("spawn", code: ECANCELED))
        }
    }

    /// A birth that nobody waits for does not wait either: while all cradles hang, nobody would clear it away.
    private func takeBack(_ reply: Reply<Result<Newborn, SystemError>>, _ error: SystemError) -> SystemError {
        register.withLock { $0.births.removeAll { $0.reply === reply } }
        return error
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

    /// Nobody awaits the child's end any more; it is reaped with the orphans.
    func letGo(_ pid: pid_t) {
        register.withLock { $0.children[pid] = nil }
        // It may have ended while it was still in the register.
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

    // MARK: Births

    private func start(_ cradle: Cradle) throws(SystemError) {
        do throws(SystemError) {
            try LoopThread(name: "cradle") { [self] in bearChildren(in: cradle) }.detach()
        } catch {
            register.withLock { $0.cradles.removeAll { $0 === cradle } }
            throw error
        }
    }

    /// The body of each such thread: one birth for each admission, where it is still wanted.
    private func bearChildren(in cradle: Cradle) {
        while true {
            turnstile.pass()
            guard let birth = register.withLock({ $0.beginBirth() }) else { continue }
            deliver(birth, in: cradle)
        }
    }

    private func deliver(_ birth: Birth, in cradle: Cradle) {
        guard !birth.reply.isOver else { return register.withLock { $0.endBirth(in: cradle) } }
        let number = births.add(1, ordering: .relaxed).newValue
        let outcome: Result<Newborn, SystemError>
        do throws(SystemError) {
            outcome = .success(try Newborn.bear(birth.spec, as: number, in: cradle))
        } catch {
            outcome = .failure(error)
        }
        // Out of the cradle and into the register in one step, so that it is in one of them at any time.
        register.withLock { register in
            if case .success(let newborn) = outcome {
                register.children[newborn.tree.leader] = number
                register.counts.spawned += 1
            }
            register.endBirth(in: cradle)
        }
        guard !birth.reply.answer(outcome), case .success(let newborn) = outcome else { return }
        register.withLock { $0.children[newborn.tree.leader] = nil }
        newborn.abandon()
        // It may have ended while it was still in the register.
        bell.signal()
    }

    // MARK: Orphans

    private func work() {
        _ = hf_ring_on_child_exit(bell.raw)
        var reaper = OrphanReaper()
        while true {
            sleep(until: reaper.nextLook)
            reaper.reap(reapUnlessKnown)
            for observer in register.withLock({ $0.turnOver() }) { observer.answer(()) }
        }
    }

    private func reapUnlessKnown(_ pid: pid_t) -> Bool {
        register.withLock { register in
            guard register.children[pid] == nil, !register.cradles.contains(where: { $0.holds(pid) }) else {
                return false
            }
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
    /// Asked for and not over; one that lasts is held up by a file system that hangs.
    package var births = 0
    /// Alive, or ended and about to be noticed by their loops.
    package var children = 0
    package var spawned = 0
    package var orphansReaped = 0
}
