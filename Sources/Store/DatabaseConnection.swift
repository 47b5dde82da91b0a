/// What a connection may do when it is lent for reading.
package enum Reading {}

/// What a connection may do when it is lent for writing.
package enum Writing {}

package typealias ReadConnection = DatabaseConnection<Reading>
package typealias WriteConnection = DatabaseConnection<Writing>

/// The database, lent to a `read` or `write` body for its length. It cannot be copied or kept.
///
/// SQL is a `StaticString`: text that was in the program when it was compiled, so no value can ever be
/// pasted into it. Values go where the question marks are:
///
///     try db.run("insert into token(hash, account) values (?, ?)", hash, account)
///     let names = try db.all("select name from user where role = ?", role) { try $0[0, as: String.self] }
package struct DatabaseConnection<Access>: ~Copyable {
    let database: Database

    init(_ database: Database) { self.database = database }

    /// Calls `each` with every row, in order.
    package func rows(
        _ sql: StaticString, _ values: (any SQLBindable)?..., each: (borrowing Row) throws -> Void
    ) throws {
        try visit(sql, values) { row in
            try each(row)
            return true
        }
    }

    /// What `make` makes of every row, in order.
    package func all<T>(
        _ sql: StaticString, _ values: (any SQLBindable)?..., make: (borrowing Row) throws -> T
    ) throws -> [T] {
        var made: [T] = []
        try visit(sql, values) { row in
            made.append(try make(row))
            return true
        }
        return made
    }

    /// What `make` makes of the first row, or `nil` when there is none. Later rows are not computed.
    package func first<T>(
        _ sql: StaticString, _ values: (any SQLBindable)?..., make: (borrowing Row) throws -> T
    ) throws -> T? {
        var made: T?
        try visit(sql, values) { row in
            made = try make(row)
            return false
        }
        return made
    }

    private func visit(
        _ sql: StaticString, _ values: [(any SQLBindable)?], _ each: (borrowing Row) throws -> Bool
    ) throws {
        // Carried past the query, whose own errors are typed.
        var thrown: (any Error)?
        try database.query(sql, values) { row in
            do { return try each(row) } catch {
                thrown = error
                return false
            }
        }
        if let thrown { throw thrown }
    }
}

extension DatabaseConnection where Access == Writing {
    /// Carries out a change and says how many rows it touched.
    @discardableResult
    package func run(_ sql: StaticString, _ values: (any SQLBindable)?...) throws(StoreError) -> Int {
        try database.run(sql, values)
    }

    /// The id of the row that was inserted last.
    package var lastInsertedID: Int64 { database.lastInsertedID }
}
