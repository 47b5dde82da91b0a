import CSQLite
import Glibc

/// One connection to the database file, with its statement cache. Used by one thread at a time.
///
/// Three hooks sit on it (`Database+Hooks.swift`): long statements and waits for a lock look whether the job
/// they run for should stop, and a lent connection cannot touch transactions.
@safe final class Database {
    /// The job that statements run for now; they stop when it does.
    var job: (any Job)?
    /// True while a body holds the connection.
    var isLent = false
    /// Why the body that holds the connection cannot succeed any more: it was stopped, or SQLite gave up its
    /// transaction, as it does when a change is interrupted or the disk fails. Each further statement fails
    /// like this too; it would otherwise be carried out outside any transaction.
    var doom: StoreError?
    /// When the wait for a lock that is going on now began.
    var busySince = Moment.never
    /// Set when the store stops without waiting for what runs.
    let halt: Halt

    let handle: OpaquePointer
    private(set) var expectsTransaction = false
    private var idle: [StatementKey: Statement] = [:]

    /// Literals live as long as the program, so the address of the SQL names it. What the store itself
    /// prepared is kept apart: the linker gives equal literals one address, and a body that says `commit`
    /// must meet the authorizer and not the store's own statement.
    private struct StatementKey: Hashable {
        let address: UInt
        let isLent: Bool
    }

    enum Access {
        case readWrite
        case readOnly
    }

    init(path: String, access: Access, halt: Halt) throws(StoreError) {
        let flags = access == .readWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY
        var opened: OpaquePointer?
        let code = unsafe sqlite3_open_v2(
            path, &opened, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE, nil
        )
        guard code == SQLITE_OK, let opened = unsafe opened else {
            let systemCode = unsafe opened.map { unsafe sqlite3_system_errno($0) } ?? 0
            unsafe sqlite3_close(opened)
            throw systemCode == ENOENT
                ? .system(call: "open \(path)", code: systemCode)
                : StoreError(code: code, systemCode: systemCode, words: nil)
        }
        unsafe handle = opened
        self.halt = halt
        installHooks()
    }

    deinit {
        idle.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    /// Calls `each` with every row until it says `false`.
    func query(
        _ sql: StaticString, _ values: [(any SQLBindable)?] = [],
        each: (borrowing Row) throws(StoreError) -> Bool
    ) throws(StoreError) {
        if isLent { try goOn() }
        let statement = try takeStatement(sql)
        defer { giveBack(statement) }
        try statement.bind(values)
        let row = Row(statement)
        while true {
            switch statement.step() {
            case SQLITE_ROW: if try !each(row) { return }
            case SQLITE_DONE: return
            case let code: throw failure(code, in: sql)
            }
        }
    }

    /// Carries out a statement and says how many rows it changed.
    @discardableResult
    func run(_ sql: StaticString, _ values: [(any SQLBindable)?] = []) throws(StoreError) -> Int {
        let before = unsafe sqlite3_total_changes64(handle)
        try query(sql, values) { _ in true }
        // The count of `sqlite3_changes64` is left over from an earlier statement when this one changed
        // nothing.
        return unsafe sqlite3_total_changes64(handle) == before ? 0 : Int(sqlite3_changes64(handle))
    }

    /// The first column of the first row.
    func value<T: SQLReadable>(_ sql: StaticString, as type: T.Type = T.self) throws(StoreError) -> T? {
        var found: T?
        try query(sql) { (row) throws(StoreError) in
            found = try row[0]
            return false
        }
        return found
    }

    /// Carries out a script of several statements.
    func script(_ sql: StaticString) throws(StoreError) {
        let code = sql.withUTF8Buffer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                // A static string ends with a zero byte, as `sqlite3_exec` needs it.
                unsafe sqlite3_exec(handle, bytes.baseAddress, nil, nil, nil)
            }
        }
        if code != SQLITE_OK { throw failure(code, in: sql, quoting: true) }
    }

    var lastInsertedID: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

    // MARK: Transactions

    /// Whether a transaction is open.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    func begin(_ sql: StaticString) throws(StoreError) {
        try run(sql)
        expectsTransaction = true
    }

    func commit() throws(StoreError) {
        expectsTransaction = false
        try run("commit")
    }

    /// Undoes what is open. It cannot fail in a way that leaves anything: a transaction that SQLite cannot
    /// roll back in memory is rolled back by whoever opens the file next.
    func rollback() {
        expectsTransaction = false
        if isInTransaction { _ = try? run("rollback") }
    }

    /// Runs `body` for `job`: the connection is lent, and stops when the job should.
    func lend(to job: any Job, _ body: () throws(StoreError) -> Void) throws(StoreError) {
        self.job = job
        isLent = true
        defer {
            isLent = false
            self.job = nil
            doom = nil
        }
        try body()
        // A body that swallowed the error has not succeeded.
        if let doom { throw doom }
    }

    /// Asked before each statement of a body: the hook alone would never stop a body of many short ones.
    private func goOn() throws(StoreError) {
        if let doom { throw doom }
        guard shouldStop else { return }
        let error: StoreError = halt.isSet ? .closed : .interrupted
        doom = error
        throw error
    }

    // MARK: Statements

    private func takeStatement(_ sql: StaticString) throws(StoreError) -> Statement {
        // Taken out while in use, so that a query inside the rows of the same query gets a statement of its
        // own.
        if let statement = idle.removeValue(forKey: key(sql)) { return statement }
        var made: OpaquePointer?
        let code = sql.withUTF8Buffer { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                unsafe sqlite3_prepare_v3(
                    handle, bytes.baseAddress, Int32(bytes.count), UInt32(SQLITE_PREPARE_PERSISTENT), &made,
                    nil)
            }
        }
        guard code == SQLITE_OK else { throw failure(code, in: sql, quoting: true) }
        guard let made = unsafe made else {
            throw .failed(code: SQLITE_MISUSE, message: "no statement in: \(sql)")
        }
        return unsafe Statement(sql: sql, owning: made)
    }

    private func giveBack(_ statement: Statement) {
        statement.reset()
        idle[key(statement.sql)] = statement
    }

    private func key(_ sql: StaticString) -> StatementKey {
        StatementKey(address: unsafe UInt(bitPattern: sql.utf8Start), isLent: isLent)
    }
}
