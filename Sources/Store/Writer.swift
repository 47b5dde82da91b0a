/// The one thread that writes, and its group commit.
///
/// Bodies that are queued together share one transaction and one sync of the disk; each runs in a savepoint
/// of its own, so that one that fails undoes only itself. Nobody is answered before the commit has
/// succeeded. While one group is on its way to the disk the next one gathers: the busier, the larger.
final class Writer {
    /// A group is closed at this many bodies, or when it has been open this long.
    static let groupLimit = 256
    static let groupPatience = Duration.milliseconds(5)

    private let database: Database
    private let queue: JobQueue
    private let counters: Counters
    /// The jobs whose bodies have run in the open transaction and wait for its commit.
    private var standing: [any Job] = []

    init(database: Database, queue: JobQueue, counters: Counters) {
        self.database = database
        self.queue = queue
        self.counters = counters
    }

    /// Works until the queue is shut and empty, then waits for the readers' end: the last connection that
    /// closes empties the log into the database, which one that only reads could not.
    func run(readers: Workers) {
        while let job = queue.take() { commitGroup(startingWith: job) }
        readers.join()
    }

    private func commitGroup(startingWith first: any Job) {
        let closing = Moment.now + Self.groupPatience
        attempt(first)
        while standing.count < Self.groupLimit, Moment.now < closing, let job = queue.takeNow() {
            attempt(job)
        }
        commit()
    }

    /// Runs one body in the open transaction, which it opens when there is none.
    ///
    /// SQLite gives up the whole transaction when a change is interrupted or meets a full disk. That is no
    /// fault of the neighbours, so their bodies are run again, without the one that failed. This ends,
    /// because every loss settles one job.
    private func attempt(_ job: any Job) {
        do throws(StoreError) {
            try open(for: job)
            try perform(job)
            standing.append(job)
        } catch {
            job.settle(error)
            guard !database.isInTransaction else { return }
            database.rollback()
            let undone = standing
            standing = []
            for job in undone { attempt(job) }
        }
    }

    private func open(for job: any Job) throws(StoreError) {
        guard !database.isInTransaction else { return }
        // The wait for another process's lock is this job's wait: it ends with it.
        database.job = job
        defer { database.job = nil }
        try database.begin("begin immediate")
    }

    private func perform(_ job: any Job) throws(StoreError) {
        try database.run("savepoint body")
        do throws(StoreError) {
            try database.lend(to: job) { () throws(StoreError) in try job.perform(on: database) }
            try database.run("release body")
        } catch {
            undoBody()
            throw error
        }
    }

    private func undoBody() {
        guard database.isInTransaction else { return }
        do throws(StoreError) {
            try database.run("rollback to body")
            try database.run("release body")
        } catch {
            // Rather all again than half of one.
            database.rollback()
        }
    }

    private func commit() {
        let group = standing
        standing = []
        guard !group.isEmpty else { return database.rollback() }
        do throws(StoreError) {
            try database.commit()
            counters.committed(group)
            for job in group { job.settle(nil) }
        } catch {
            database.rollback()
            if group.count > 1, error.mayBeOneBodysFault {
                for job in group {
                    attempt(job)
                    commit()
                }
            } else {
                for job in group { job.settle(error) }
            }
        }
    }
}
