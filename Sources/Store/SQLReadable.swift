/// What a column can be read as. `nil` means that the column holds something else.
package protocol SQLReadable {
    init?(stored: SQLValue)
    static var expected: String { get }
}

extension Int64: SQLReadable {
    package static var expected: String { "an integer" }
    package init?(stored: SQLValue) {
        guard case .integer(let number) = stored else { return nil }
        self = number
    }
}

extension Int: SQLReadable {
    package static var expected: String { "an integer" }
    package init?(stored: SQLValue) {
        guard case .integer(let number) = stored else { return nil }
        self.init(exactly: number)
    }
}

extension Bool: SQLReadable {
    package static var expected: String { "0 or 1" }
    package init?(stored: SQLValue) {
        switch stored {
        case .integer(0): self = false
        case .integer(1): self = true
        default: return nil
        }
    }
}

extension Double: SQLReadable {
    package static var expected: String { "a number" }
    package init?(stored: SQLValue) {
        switch stored {
        case .real(let number): self = number
        case .integer(let number): self = Double(number)
        default: return nil
        }
    }
}

extension String: SQLReadable {
    package static var expected: String { "text" }
    package init?(stored: SQLValue) {
        guard case .text(let text) = stored else { return nil }
        self = text
    }
}

extension [UInt8]: SQLReadable {
    package static var expected: String { "bytes" }
    package init?(stored: SQLValue) {
        guard case .blob(let bytes) = stored else { return nil }
        self = bytes
    }
}

extension SQLValue: SQLReadable {
    package static var expected: String { "a value" }
    package init?(stored: SQLValue) { self = stored }
}

extension Optional: SQLReadable where Wrapped: SQLReadable {
    package static var expected: String { "\(Wrapped.expected) or null" }
    package init?(stored: SQLValue) {
        if stored == .null {
            self = nil as Wrapped?
        } else {
            guard let wrapped = Wrapped(stored: stored) else { return nil }
            self = wrapped
        }
    }
}
