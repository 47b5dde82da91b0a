import Synchronization

/// The thread that keeps time for the others: it answers jobs whose deadline passes while they wait, even
/// when every other thread is stuck in the disk, and it winds the store up.
final class Keeper: Sendable {
    private struct State {
        var isPoked = false
        var closing: Moment?
        var isFinished = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private enum Event {
        case poked
        case closing(by: Moment)
    }

    private let monitor = Monitor(State())
    private let queues: [JobQueue]
    private let halt: Halt
    /// When the thread looks next, in nanoseconds. Read by callers without the lock.
    private let alarm = Atomic(Moment.never.nanoseconds)

    init(queues: [JobQueue], halt: Halt) {
        self.queues = queues
        self.halt = halt
    }

    /// Tells of a job that was lined up. Wakes the thread only when it would look too late, which with equal
    /// timeouts happens once per timeout and not once per job.
    func watch(_ deadline: Moment) {
        guard deadline.nanoseconds < alarm.load(ordering: .sequentiallyConsistent) else { return }
        monitor.withLock { $0.isPoked = true }
        monitor.wakeAll()
    }

    /// Comes back when every worker has ended and been joined.
    func close(by deadline: Moment) async {
        await withCheckedContinuation { closer in
            let isFinished = monitor.withLock { state in
                if !state.isFinished {
                    state.closing = min(state.closing ?? .never, deadline)
                    state.closers.append(closer)
                }
                return state.isFinished
            }
            if isFinished { closer.resume() } else { monitor.wakeAll() }
        }
    }

    /// Works until `close`, then winds the workers up, of which the last is the writer.
    func run(workers: Workers) {
        while true {
            let event = monitor.wait(until: Moment(nanoseconds: alarm.load(ordering: .relaxed))) {
                state -> Event? in
                if let deadline = state.closing { return .closing(by: deadline) }
                defer { state.isPoked = false }
                return state.isPoked ? .poked : nil
            }
            if case .closing(let deadline) = event { return windUp(workers, by: deadline) }
            // First reset, then look: a job that comes in between pokes again.
            alarm.store(Moment.never.nanoseconds, ordering: .sequentiallyConsistent)
            let now = Moment.now
            let next = queues.map { $0.expire(at: now) }.min() ?? .never
            alarm.store(next.nanoseconds, ordering: .sequentiallyConsistent)
        }
    }

    private func windUp(_ workers: Workers, by deadline: Moment) {
        for queue in queues { queue.shut() }
        if !workers.waitForEnd(until: deadline) {
            halt.set()
            for queue in queues { queue.abandon() }
        }
        workers.join()
        let closers = monitor.withLock { state in
            state.isFinished = true
            defer { state.closers = [] }
            return state.closers
        }
        for closer in closers { closer.resume() }
    }
}
