import Synchronization

/// What must outlive the process: one SQLite database in the data folder.
///
/// One thread writes and commits in groups (`Writer`), a few read beside it (`Reader`), one keeps time
/// (`Keeper`). Callers suspend; none of their threads ever waits for the disk. Every call has a timeout: it
/// is `busy` when the time passes in the queue and `interrupted` when it passes in a statement. Cancelling
/// the calling task does the same at once. At most `waitingLimit` calls wait; the next is `busy` at once, so
/// a slow disk shows as errors and never as growing memory. The store must be closed before it is dropped.
package final class Store: Sendable {
    /// Who opens the folder.
    package enum Role: Sendable {
        /// The server: one per folder, holding the folder's lock.
        case owner
        /// The command line, beside a server or without one. SQLite's own locks keep them apart.
        case guest
    }

    /// How many writes, and how many reads, may wait.
    package static let waitingLimit = 10_000
    private static let readerCount = 3

    let folder: DataFolder
    private let writes = JobQueue(limit: Store.waitingLimit)
    private let reads = JobQueue(limit: Store.waitingLimit)
    private let halt = Halt()
    let counters = Counters()
    private let keeper: Keeper
    private let keeperThread: StoreThread
    let lock: Mutex<FolderLock?>
    private let isClosed = Atomic(false)

    /// Opens the folder, makes what is missing and applies the migrations that are. Blocks while it does.
    package init(folder path: String, role: Role = .owner, migrations: [Migration]) throws(StoreError) {
        let migrator = try Migrator(migrations)
        folder = DataFolder(path: path)
        try folder.make()
        var held = role == .owner ? try FolderLock(path: folder.lock) : nil
        keeper = Keeper(queues: [writes, reads], halt: halt)
        do throws(StoreError) {
            keeperThread = try Self.start(folder, migrator, writes, reads, halt, counters, keeper)
        } catch {
            held.take()?.release()
            throw error
        }
        lock = Mutex(held)
    }

    deinit { precondition(isClosed.load(ordering: .relaxed), "a store was dropped without being closed") }

    private static func start(
        _ folder: DataFolder, _ migrator: Migrator, _ writes: JobQueue, _ reads: JobQueue, _ halt: Halt,
        _ counters: Counters, _ keeper: Keeper
    ) throws(StoreError) -> StoreThread {
        let writing = Workers()
        let reading = Workers()
        do throws(StoreError) {
            try folder.makeDatabase()
            let database = try Database(path: folder.database, access: .readWrite, halt: halt)
            try database.configure()
            try migrator.apply(to: database)
            let writer = Writer(database: database, queue: writes, counters: counters)
            try writing.start(name: "store-writer") { writer.run(readers: reading) }
            for number in 1...readerCount {
                let database = try Database(path: folder.database, access: .readOnly, halt: halt)
                try database.configureReader()
                let reader = Reader(database: database, queue: reads, counters: counters)
                try reading.start(name: "store-reader-\(number)") { reader.run() }
            }
            return try StoreThread(name: "store-keeper") { keeper.run(workers: writing) }
        } catch {
            writes.shut()
            reads.shut()
            writing.join()
            throw error
        }
    }

    /// Runs `body` on the writing thread and comes back when what it did is safe on the disk.
    ///
    /// An error undoes all of this body and nothing of any other. The body may run a second time, when a
    /// neighbour in its group brought the transaction down; it should speak to the database and nothing else.
    /// An error that is not the store's own undoes it all the same and comes back as `refused`.
    /// Once it has run, cancellation comes too late, and the answer waits for the commit.
    @discardableResult
    package func write<Answer: Sendable>(
        timeout: Duration = .seconds(10),
        _ body: @escaping @Sendable (borrowing WriteConnection) throws -> Answer
    ) async throws(StoreError) -> Answer {
        try await perform(Call<Writing, Answer>(timeout: timeout, body: body), in: writes)
    }

    /// Runs `body` on a reading thread, on one consistent state of the database.
    @discardableResult
    package func read<Answer: Sendable>(
        timeout: Duration = .seconds(10),
        _ body: @escaping @Sendable (borrowing ReadConnection) throws -> Answer
    ) async throws(StoreError) -> Answer {
        try await perform(Call<Reading, Answer>(timeout: timeout, body: body), in: reads)
    }

    private func perform<Access, Answer>(
        _ call: Call<Access, Answer>, in queue: JobQueue
    ) async throws(StoreError) -> Answer {
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { caller in
                guard call.wait(caller) else { return }
                if let refusal = queue.append(call) {
                    _ = call.giveUp(refusal)
                } else {
                    keeper.watch(call.deadline)
                }
            }
        } onCancel: {
            call.cancel()
        }
        if case .failure(let error) = answer { counters.failed(error) }
        return try answer.get()
    }

    /// Ends the store: takes no more calls, finishes those that wait or, after `grace`, answers them with
    /// `closed`; then ends the threads, empties the log into the database and gives the folder free.
    ///
    /// Every call of it comes back when all that has happened.
    package func close(within grace: Duration = .seconds(5)) async {
        await keeper.close(by: .now + grace)
        lock.withLock { held in
            // The keeper's last act was to bring this task back: it is at its end.
            keeperThread.join()
            held.take()?.release()
        }
        isClosed.store(true, ordering: .relaxed)
    }

    package var statistics: Statistics {
        var statistics = counters.current
        statistics.waitingWrites = writes.depth
        statistics.waitingReads = reads.depth
        statistics.databaseBytes = DataFolder.bytes(of: folder.database)
        statistics.logBytes = DataFolder.bytes(of: folder.log)
        return statistics
    }
}
