/// What can be bound to a `?` of a statement. An absent optional is bound as null.
package protocol SQLBindable: Sendable {
    var stored: SQLValue { get }
}

extension Int64: SQLBindable { package var stored: SQLValue { .integer(self) } }
extension Int: SQLBindable { package var stored: SQLValue { .integer(Int64(self)) } }
extension Int32: SQLBindable { package var stored: SQLValue { .integer(Int64(self)) } }
extension Bool: SQLBindable { package var stored: SQLValue { .integer(self ? 1 : 0) } }
extension Double: SQLBindable { package var stored: SQLValue { .real(self) } }
extension String: SQLBindable { package var stored: SQLValue { .text(self) } }
extension [UInt8]: SQLBindable { package var stored: SQLValue { .blob(self) } }
extension SQLValue: SQLBindable { package var stored: SQLValue { self } }
