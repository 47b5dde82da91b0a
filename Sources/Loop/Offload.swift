import CLinux
import Glibc
import Synchronization

/// A few named threads for what blocks: password hashing, directory walks, DNS.
///
/// Work waits in a bounded queue, runs once and answers the loop that asked. `stop` runs what is queued and
/// joins the threads.
package final class Offload: Sendable {
    private struct Queue {
        var jobs = Deque()
        var stopping = false
    }

    private struct Job {
        let isWanted: @Sendable () -> Bool
        let run: @Sendable () -> Void
    }

    /// First in, first out; the front moves instead of the jobs.
    private struct Deque {
        private var jobs: [Job?] = []
        private var front = 0
        var count: Int { jobs.count - front }

        mutating func append(_ job: Job) { jobs.append(job) }

        mutating func popFirst() -> Job? {
            guard front < jobs.count else { return nil }
            defer {
                jobs[front] = nil
                front += 1
                if front == jobs.count || front > 1024 {
                    jobs.removeFirst(front)
                    front = 0
                }
            }
            return jobs[front]
        }
    }

    private final class Worker: Sendable {
        private let thread: Mutex<LoopThread?>
        init(_ thread: consuming LoopThread) { self.thread = Mutex(thread) }
        func join() { thread.withLock { $0.take() }?.join() }
        func detach() { thread.withLock { $0.take() }?.detach() }
    }

    package let name: String
    private let capacity: Int
    private let queue: Mutex<Queue>
    private let turnstile: Turnstile
    private let workers = Mutex<[Worker]>([])

    /// - Parameter capacity: how many jobs may wait, those that run not counted.
    package init(name: String, threads: Int, capacity: Int) throws(SystemError) {
        self.name = name
        self.capacity = capacity
        queue = Mutex(Queue())
        turnstile = try Turnstile()
        for index in 0..<threads {
            do throws(SystemError) {
                let thread = try LoopThread(name: "\(name)-\(index)") { [self] in work() }
                let worker = Worker(thread)
                workers.withLock { $0.append(worker) }
            } catch {
                stop()
                throw error
            }
        }
    }

    /// How many jobs wait for a thread.
    package var backlog: Int { queue.withLock { $0.jobs.count } }

    /// Runs `body` on one of the threads and returns what it returns, unless the deadline is first.
    /// Throws `OffloadError` or what `body` throws.
    package func run<T: Sendable>(
        until deadline: Instant, on loop: isolated EventLoop, _ body: @escaping @Sendable () throws -> T
    ) async throws -> T {
        let reply = Reply<Result<T, any Error>>()
        try enqueue(Job(isWanted: { !reply.isOver }, run: { reply.answer(Result { try body() }) }))
        switch await reply.wait(until: deadline, on: loop) {
        case .value(let result): return try result.get()
        case .expired: throw OffloadError.expired
        case .cancelled: throw OffloadError.cancelled
        }
    }

    /// Takes no more work, finishes what is queued and waits for the threads. Not to be called on a loop.
    package func stop() {
        for worker in close() { worker.join() }
    }

    /// Takes no more work and waits for nobody: a thread that hangs ends with the program.
    package func abandon() {
        for worker in close() { worker.detach() }
    }

    private func close() -> [Worker] {
        let first = queue.withLock { queue in
            defer { queue.stopping = true }
            return !queue.stopping
        }
        let workers = workers.withLock { $0 }
        if first { turnstile.admit(workers.count) }
        return workers
    }

    private func enqueue(_ job: Job) throws(OffloadError) {
        let refusal: OffloadError? = queue.withLock { queue in
            if queue.stopping { return .stopped }
            if queue.jobs.count >= capacity { return .overloaded }
            queue.jobs.append(job)
            return nil
        }
        if let refusal { throw refusal }
        turnstile.admit(1)
    }

    /// The body of each thread: one job for each admission; an admission without a job is the end.
    private func work() {
        while true {
            turnstile.pass()
            guard let job = queue.withLock({ $0.jobs.popFirst() }) else { return }
            if job.isWanted() { job.run() }
        }
    }
}
