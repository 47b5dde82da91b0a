/// A thread that reads. Each body sees the database as it was at its first statement, whatever is written
/// meanwhile.
final class Reader {
    private let database: Database
    private let queue: JobQueue
    private let counters: Counters

    init(database: Database, queue: JobQueue, counters: Counters) {
        self.database = database
        self.queue = queue
        self.counters = counters
    }

    /// Works until the queue is shut and empty.
    func run() {
        while let job = queue.take() {
            do throws(StoreError) {
                try database.begin("begin deferred")
                try database.lend(to: job) { () throws(StoreError) in try job.perform(on: database) }
                database.rollback()
                counters.read()
                job.settle(nil)
            } catch {
                database.rollback()
                job.settle(error)
            }
        }
    }
}
