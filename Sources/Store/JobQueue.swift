/// The jobs that wait for a thread, in order, and the threads that wait for a job.
///
/// At most `limit` wait; what comes then is refused as `busy`.
final class JobQueue: Sendable {
    private struct State {
        var waiting = Fifo<any Job>()
        var idleThreads = 0
        var isShut = false
    }

    private let monitor = Monitor(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var depth: Int { monitor.withLock { $0.waiting.count } }

    /// Lines a job up; gives the error with which it was refused.
    func append(_ job: any Job) -> StoreError? {
        let (refusal, wakes) = monitor.withLock { state -> (StoreError?, Bool) in
            if state.isShut { return (.closed, false) }
            if state.waiting.count >= limit { return (.busy, false) }
            state.waiting.append(job)
            return (nil, state.idleThreads > 0)
        }
        if wakes { monitor.wakeOne() }
        return refusal
    }

    /// The next job that still wants to run, as soon as there is one; `nil` when the queue is shut and empty.
    func take() -> (any Job)? {
        while true {
            monitor.withLock { $0.idleThreads += 1 }
            let taken: (any Job)?? = monitor.wait(until: .never) { state in
                if let job = state.waiting.popFirst() { return .some(job) }
                return state.isShut ? .some(nil) : nil
            }
            monitor.withLock { $0.idleThreads -= 1 }
            guard let job = taken ?? nil else { return nil }
            if job.begin() { return job }
        }
    }

    /// The next job that still wants to run, if there is one now.
    func takeNow() -> (any Job)? {
        while let job = monitor.withLock({ $0.waiting.popFirst() }) {
            if job.begin() { return job }
        }
        return nil
    }

    /// Answers the jobs whose time is up, and gives the earliest deadline of the others.
    func expire(at now: Moment) -> Moment {
        let (late, next) = monitor.withLock { state -> ([any Job], Moment) in
            var next = Moment.never
            let late = state.waiting.removeAll { job in
                if job.deadline <= now { return true }
                next = min(next, job.deadline)
                return false
            }
            return (late, next)
        }
        for job in late { _ = job.giveUp(.busy) }
        return next
    }

    /// Takes no more jobs; those that wait are still run.
    func shut() {
        monitor.withLock { $0.isShut = true }
        monitor.wakeAll()
    }

    /// Answers all that still wait with `closed`.
    func abandon() {
        while let job = monitor.withLock({ $0.waiting.popFirst() }) { _ = job.giveUp(.closed) }
    }
}
