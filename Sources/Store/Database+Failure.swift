import CSQLite

extension Database {
    /// The error for a code that SQLite gave just now, with the reason for which a job was stopped.
    ///
    /// SQLite's own words are passed on where no value is bound yet and for the rules of the schema, which
    /// name tables and columns only; elsewhere they could quote a bound value.
    func failure(_ code: Int32, in sql: StaticString, quoting: Bool = false) -> StoreError {
        let isRule = code & 0xFF == SQLITE_CONSTRAINT
        let words = unsafe String(cString: quoting || isRule ? sqlite3_errmsg(handle) : sqlite3_errstr(code))
        var error = StoreError(
            code: code, systemCode: systemCode(behind: code),
            words: isRule ? words : "\(words) in: \("\(sql)".prefix(160))")
        switch error {
        case .interrupted where halt.isSet: error = .closed
        case .busy where halt.isSet: error = .closed
        case .busy where job?.isCancelled == true: error = .interrupted
        default: break
        }
        let isUndone = expectsTransaction && !isInTransaction
        if isLent, isUndone || code & 0xFF == SQLITE_INTERRUPT { doom = error }
        return error
    }

    /// The `errno` behind a failed call. SQLite asks for the thread's `errno` only after it has tidied up, so
    /// for a failed write it is taken from the log's file, where SQLite keeps it.
    private func systemCode(behind code: Int32) -> Int32 {
        guard code == ioErrorWrite else { return unsafe sqlite3_system_errno(handle) }
        var log: UnsafeMutablePointer<sqlite3_file>?
        var found: Int32 = 0
        unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log)
        if let log = unsafe log, let methods = unsafe log.pointee.pMethods {
            _ = unsafe methods.pointee.xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &found)
        }
        if found == 0 { unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &found) }
        return found
    }
}

// Macros that are sums of others, which Swift cannot import.
let ioErrorWrite = SQLITE_IOERR | (3 << 8)
let ioErrorSharedMemorySize = SQLITE_IOERR | (19 << 8)
