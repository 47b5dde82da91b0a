import Glibc
import Synchronization

/// Runs the jobs of one loop on that loop's thread.
///
/// A job that comes from the thread itself joins a plain queue. One that comes from elsewhere goes through
/// the inbox; the first of a burst wakes the thread by one write to the eventfd, the rest ride along.
package final class LoopExecutor: SerialExecutor, @unchecked Sendable {
    // @unchecked: `local`, `running` and `thread` are touched only on the loop's own thread once it runs;
    // everything that others touch is in the inbox's Mutex or atomic.
    private struct Inbox {
        var jobs: [UnownedJob] = []
        var posts: [LoopPost] = []
        var wakePending = false
        var closed = false
    }

    private let inbox = Mutex(Inbox())
    private var local: [UnownedJob] = []
    private var running: [UnownedJob] = []
    private var posts: [LoopPost] = []
    private let threadID = Atomic<UInt>(0)
    let wakeUp: WakeUp

    init(wakeUp: WakeUp) { self.wakeUp = wakeUp }

    var isOnThread: Bool { threadID.load(ordering: .relaxed) == UInt(pthread_self()) }

    /// The calling thread is the loop's from now on.
    func adoptThread() { threadID.store(UInt(pthread_self()), ordering: .relaxed) }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isOnThread {
            local.append(job)
            return
        }
        let mustWake = inbox.withLock { inbox in
            precondition(!inbox.closed, "a task outlived its event loop")
            inbox.jobs.append(job)
            defer { inbox.wakePending = true }
            return !inbox.wakePending
        }
        if mustWake { wakeUp.signal() }
    }

    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    package func checkIsolated() {
        precondition(isOnThread, "this code belongs to an event loop and runs elsewhere")
    }

    package func isIsolatingCurrentContext() -> Bool? { isOnThread }

    /// Has `post` run on the loop's thread; dropped when the loop is over.
    func post(_ post: @escaping LoopPost) {
        let mustWake = inbox.withLock { inbox in
            guard !inbox.closed else { return false }
            inbox.posts.append(post)
            defer { inbox.wakePending = true }
            return !inbox.wakePending
        }
        if mustWake { wakeUp.signal() }
    }

    /// What `runJobs` found posted, once.
    func takePosts() -> [LoopPost] {
        defer { if !posts.isEmpty { posts = [] } }
        return posts
    }

    var hasLocalJobs: Bool { !local.isEmpty }

    /// Runs what is queued now. Jobs that these make run in the next round, so that sockets get their turn.
    func runJobs() {
        inbox.withLock { inbox in
            inbox.wakePending = false
            if !inbox.jobs.isEmpty {
                local.append(contentsOf: inbox.jobs)
                inbox.jobs.removeAll(keepingCapacity: true)
            }
            if !inbox.posts.isEmpty { swap(&posts, &inbox.posts) }
        }
        guard !local.isEmpty else { return }
        swap(&local, &running)
        let executor = unsafe asUnownedSerialExecutor()
        for job in running { unsafe job.runSynchronously(on: executor) }
        running.removeAll(keepingCapacity: true)
    }

    /// No job may come any more; true when none is waiting.
    func close() -> Bool {
        inbox.withLock { inbox in
            guard inbox.jobs.isEmpty, local.isEmpty else { return false }
            inbox.closed = true
            return true
        }
    }
}

/// Something that another thread wants done on a loop, and that nobody misses when the loop is over.
typealias LoopPost = @Sendable (isolated EventLoop) -> Void
