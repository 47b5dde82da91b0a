import CSQLite
import Glibc

extension Database {
    /// How long a lock that another process holds is waited for.
    static let lockPatience = Duration.seconds(5)
    /// How many steps of SQLite's machine lie between two looks at the job: some 20 µs of work.
    private static let stepsBetweenLooks: Int32 = 1_000

    func installHooks() {
        // The hooks die with the handle, which dies with this object: the pointer never outlives it.
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_progress_handler(
            handle, Self.stepsBetweenLooks,
            { context in unsafe Database.from(context).shouldStop ? 1 : 0 }, me)
        unsafe sqlite3_busy_handler(
            handle,
            { context, attempt in unsafe Database.from(context).waitForLock(attempt: attempt) ? 1 : 0 }, me)
        unsafe sqlite3_set_authorizer(
            handle,
            { context, action, _, _, _, _ in
                unsafe Database.from(context).allows(action) ? SQLITE_OK : SQLITE_DENY
            }, me)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Database {
        guard let context = unsafe context else { fatalError("SQLite called a hook without its context") }
        return unsafe Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
    }

    /// A statement stops when its caller has gone, its time is up, or the store halts. What runs for no job
    /// (begin, commit, rollback) is never stopped halfway.
    var shouldStop: Bool {
        guard let job else { return false }
        return job.isCancelled || halt.isSet || job.deadline < .now
    }

    private func waitForLock(attempt: Int32) -> Bool {
        let now = Moment.now
        if attempt == 0 { busySince = now }
        if shouldStop || busySince + Self.lockPatience < now { return false }
        usleep(UInt32(min(attempt + 1, 20)) * 1_000)
        return true
    }

    /// Transactions are the store's: a body that ended its own would leave the neighbours in its group
    /// unsafe.
    private func allows(_ action: Int32) -> Bool {
        guard isLent else { return true }
        switch action {
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT, SQLITE_ATTACH, SQLITE_DETACH: return false
        default: return true
        }
    }
}
