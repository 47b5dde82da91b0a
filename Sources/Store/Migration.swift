/// One numbered step of the schema. Written once, never changed: the next change is the next migration.
///
/// Each room above owns its tables and its migrations; the program puts the lists together. A number is used
/// once in all of them.
package struct Migration: Sendable {
    package let number: Int
    package let name: String
    package let sql: StaticString

    package init(_ number: Int, _ name: String, _ sql: StaticString) {
        self.number = number
        self.name = name
        self.sql = sql
    }

    /// FNV-1a of the SQL: tells a changed migration from the one that was applied.
    var checksum: Int64 {
        let hash = sql.withUTF8Buffer { bytes in
            unsafe bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        return Int64(bitPattern: hash)
    }
}
