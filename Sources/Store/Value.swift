/// A value as SQLite stores it.
package enum Value: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// What can be bound to a `?` of a statement. An absent optional is bound as null.
package protocol Bindable: Sendable {
    var stored: Value { get }
}

extension Int64: Bindable { package var stored: Value { .integer(self) } }
extension Int: Bindable { package var stored: Value { .integer(Int64(self)) } }
extension Int32: Bindable { package var stored: Value { .integer(Int64(self)) } }
extension Bool: Bindable { package var stored: Value { .integer(self ? 1 : 0) } }
extension Double: Bindable { package var stored: Value { .real(self) } }
extension String: Bindable { package var stored: Value { .text(self) } }
extension [UInt8]: Bindable { package var stored: Value { .blob(self) } }
extension Value: Bindable { package var stored: Value { self } }

/// What a column can be read as. `nil` means that the column holds something else.
package protocol Readable {
    init?(stored: Value)
    static var expected: String { get }
}

extension Int64: Readable {
    package static var expected: String { "an integer" }
    package init?(stored: Value) {
        guard case .integer(let number) = stored else { return nil }
        self = number
    }
}

extension Int: Readable {
    package static var expected: String { "an integer" }
    package init?(stored: Value) {
        guard case .integer(let number) = stored else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: Readable {
    package static var expected: String { "0 or 1" }
    package init?(stored: Value) {
        switch stored {
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension Double: Readable {
    package static var expected: String { "a number" }
    package init?(stored: Value) {
        switch stored {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
}

extension String: Readable {
    package static var expected: String { "text" }
    package init?(stored: Value) {
        guard case .text(let text) = stored else { return nil }
        self = text
    }
}

extension [UInt8]: Readable {
    package static var expected: String { "bytes" }
    package init?(stored: Value) {
        guard case .blob(let bytes) = stored else { return nil }
        self = bytes
    }
}

extension Value: Readable {
    package static var expected: String { "a value" }
    package init?(stored: Value) { self = stored }
}

extension Optional: Readable where Wrapped: Readable {
    package static var expected: String { "\(Wrapped.expected) or null" }
    package init?(stored: Value) {
        if stored == .null {
            self = nil as Wrapped?
        } else {
            guard let wrapped = Wrapped(stored: stored) else { return nil }
            self = wrapped
        }
    }
}
