import CSQLite

/// One prepared statement. Belongs to one `Database` and, like it, to one thread.
@safe final class Statement {
    let sql: StaticString
    private let handle: OpaquePointer

    /// Takes over a handle that `sqlite3_prepare` made; it is finalized when this object goes.
    init(sql: StaticString, owning handle: OpaquePointer) {
        self.sql = sql
        unsafe self.handle = handle
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Binds all values, in order. There must be as many as the statement has parameters.
    func bind(_ values: [(any SQLBindable)?]) throws(StoreError) {
        let wanted = unsafe Int(sqlite3_bind_parameter_count(handle))
        guard values.count == wanted else {
            throw .failed(
                code: SQLITE_RANGE, message: "\(wanted) values wanted, \(values.count) given in: \(sql)")
        }
        for (index, value) in values.enumerated() {
            let code = bind(value?.stored ?? .null, at: Int32(index + 1))
            if code != SQLITE_OK { throw StoreError(code: code, systemCode: 0, words: nil) }
        }
    }

    private func bind(_ value: SQLValue, at index: Int32) -> Int32 {
        // SQLITE_TRANSIENT, a cast macro that Swift cannot import: SQLite copies the bytes before it returns.
        let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch value {
        case .null: return unsafe sqlite3_bind_null(handle, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(handle, index, number)
        case .real(let number): return unsafe sqlite3_bind_double(handle, index, number)
        case .text(var text):
            return text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { bytes in
                    // An empty buffer may have no address, which SQLite would take for null.
                    guard let start = bytes.baseAddress else {
                        return unsafe sqlite3_bind_text(handle, index, "", 0, copied)
                    }
                    return unsafe sqlite3_bind_text64(
                        handle, index, start, UInt64(bytes.count), copied, UInt8(SQLITE_UTF8))
                }
            }
        case .blob(let bytes):
            return unsafe bytes.withUnsafeBytes { bytes in
                guard let start = bytes.baseAddress else {
                    return unsafe sqlite3_bind_zeroblob(handle, index, 0)
                }
                return unsafe sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), copied)
            }
        }
    }

    /// `SQLITE_ROW`, `SQLITE_DONE` or an extended error code.
    func step() -> Int32 { unsafe sqlite3_step(handle) }

    /// Makes it ready to be used again and lets go of what was bound.
    func reset() {
        unsafe sqlite3_reset(handle)
        unsafe sqlite3_clear_bindings(handle)
    }

    var columnCount: Int { unsafe Int(sqlite3_column_count(handle)) }

    func columnName(_ index: Int) -> String {
        unsafe sqlite3_column_name(handle, Int32(index)).map { unsafe String(cString: $0) } ?? ""
    }

    func integer(_ index: Int) -> Int64? {
        let index = Int32(index)
        guard unsafe sqlite3_column_type(handle, index) == SQLITE_INTEGER else { return nil }
        return unsafe sqlite3_column_int64(handle, index)
    }

    func real(_ index: Int) -> Double? {
        let index = Int32(index)
        let type = unsafe sqlite3_column_type(handle, index)
        guard type == SQLITE_FLOAT || type == SQLITE_INTEGER else { return nil }
        return unsafe sqlite3_column_double(handle, index)
    }

    func column(_ index: Int) -> SQLValue {
        let index = Int32(index)
        switch unsafe sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, index))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, index))
        case SQLITE_TEXT:
            // The address is asked for before the length, as SQLite wants it; both hold until the next step.
            let start = unsafe sqlite3_column_text(handle, index)
            let bytes = unsafe UnsafeBufferPointer(
                start: start, count: Int(sqlite3_column_bytes(handle, index)))
            return .text(unsafe String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(handle, index)
            let count = unsafe Int(sqlite3_column_bytes(handle, index))
            return .blob(unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}
