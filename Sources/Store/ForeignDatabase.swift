import CSQLite
package import Loop

/// Another program's SQLite file, which is asked one question and never changed.
package enum ForeignDatabase {
    /// What a query found.
    package struct Answer: Sendable {
        package let columns: [String]
        package internal(set) var rows: [[SQLValue]] = []
    }

    /// Opens the file, asks it and closes it again, on the calling thread, which it blocks. A lock that its owner
    /// holds is waited for up to the deadline, and at the deadline a query is stopped.
    ///
    /// - Parameter limit: of the size of what is found, in bytes; more is an error.
    package static func ask(
        _ query: String, of path: String, limit: Int, until deadline: Instant,
        now: @escaping () -> Instant = { SystemClock().now }
    ) throws(ForeignDatabaseError) -> Answer {
        var opened: OpaquePointer?
        let flags =
            SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        defer { unsafe sqlite3_close_v2(opened) }
        guard code == SQLITE_OK, let handle = unsafe opened else {
            throw unsafe ForeignDatabaseError(code, opened, "\(path) cannot be opened")
        }
        // Read-only is the connection; another file must not be drawn in beside it.
        unsafe sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0)
        let patience = max(0, min((deadline - now()).wholeMilliseconds, Int64(Int32.max)))
        unsafe sqlite3_busy_timeout(handle, Int32(patience))
        let alarm = Alarm(deadline, now)
        // The handler is called by statements of this call only, and the alarm outlives them.
        unsafe sqlite3_progress_handler(
            handle, 1_000,
            { context in
                guard let context = unsafe context else { return 0 }
                return unsafe Unmanaged<Alarm>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, Unmanaged.passUnretained(alarm).toOpaque())
        defer { withExtendedLifetime(alarm) {} }
        return try unsafe ask(query, handle, limit: limit)
    }

    private final class Alarm {
        private let deadline: Instant
        private let now: () -> Instant
        init(_ deadline: Instant, _ now: @escaping () -> Instant) {
            self.deadline = deadline
            self.now = now
        }
        var isOver: Bool { now() >= deadline }
    }

    private static func ask(
        _ query: String, _ handle: OpaquePointer, limit: Int
    ) throws(ForeignDatabaseError) -> Answer {
        var made: OpaquePointer?
        var hasMore = false
        let code = unsafe query.withCString { text in
            var tail: UnsafePointer<CChar>?
            let code = unsafe sqlite3_prepare_v3(handle, text, -1, 0, &made, &tail)
            // What is behind the first statement ends with the zero byte of `text`.
            hasMore =
                unsafe tail.map { unsafe String(cString: $0).contains { !$0.isWhitespace && $0 != ";" } }
                ?? false
            return code
        }
        guard code == SQLITE_OK else {
            throw unsafe ForeignDatabaseError(code, handle, "the query is not understood")
        }
        guard let prepared = unsafe made else { throw ForeignDatabaseError("the query asks nothing") }
        let statement = unsafe Statement(sql: "a query of the configuration", owning: prepared)
        guard !hasMore else { throw ForeignDatabaseError("there is more than one query: give one") }
        guard unsafe sqlite3_stmt_readonly(prepared) != 0 else {
            throw ForeignDatabaseError("the query would change the database")
        }
        var answer = Answer(columns: (0..<statement.columnCount).map(statement.columnName))
        var size = 0
        while true {
            switch statement.step() {
            case SQLITE_ROW:
                let row = (0..<statement.columnCount).map(statement.column)
                size += row.reduce(answer.columns.count * 8) { $0 + $1.size }
                guard size <= limit else { throw ForeignDatabaseError("it found more than \(limit) bytes") }
                answer.rows.append(row)
            case SQLITE_DONE: return answer
            case let code: throw unsafe ForeignDatabaseError(code, handle, "the query failed")
            }
        }
    }
}

/// Why another program's database could not be asked.
package struct ForeignDatabaseError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }

    init(_ code: Int32, _ handle: OpaquePointer?, _ what: String) {
        let words = unsafe handle.map { unsafe String(cString: sqlite3_errmsg($0)) }
        switch code & 0xFF {
        case SQLITE_INTERRUPT: self.init("the query took too long and was stopped")
        case SQLITE_BUSY, SQLITE_LOCKED: self.init("another program holds the database locked")
        default: self.init("\(what): \(words ?? "error \(code)")")
        }
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}

extension SQLValue {
    fileprivate var size: Int {
        switch self {
        case .null: 4
        case .integer, .real: 8
        case .text(let text): text.utf8.count
        case .blob(let bytes): bytes.count * 2
        }
    }
}
