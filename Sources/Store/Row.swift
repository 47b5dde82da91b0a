import CSQLite

/// One row of a result, lent to the closure that reads it and valid inside only.
///
/// A column is read as the type that is asked for, `let id: Int64 = try row[0]`; a column that holds
/// something else is an error, never a silent zero. Ask for an optional where null may be.
package struct Row: ~Copyable {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    package var count: Int { statement.columnCount }

    package subscript<T: SQLReadable>(_ index: Int, as type: T.Type = T.self) -> T {
        get throws(StoreError) {
            guard index >= 0, index < statement.columnCount else {
                throw .failed(code: SQLITE_RANGE, message: "no column \(index) in: \(statement.sql)")
            }
            guard let value = T(stored: statement.column(index)) else {
                let name = statement.columnName(index)
                throw .failed(
                    code: SQLITE_MISMATCH, message: "column \(name) is not \(T.expected) in: \(statement.sql)"
                )
            }
            return value
        }
    }

    /// The number in a column, nil where there is none; for scans of many rows, where it costs a tenth.
    package func integer(_ index: Int) -> Int64? { statement.integer(index) }

    /// The same for a number that may have a fraction.
    package func real(_ index: Int) -> Double? { statement.real(index) }
}
