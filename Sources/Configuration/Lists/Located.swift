/// A value of the file together with its place, for what only a room above can understand: a mistake that is found there
/// names file, line and key all the same.
package struct Located<Value: Sendable & Equatable>: Sendable, Equatable {
    package let value: Value
    private let origin: Origin
    private let key: String

    init(_ value: Value, at origin: Origin, of key: String) {
        self.value = value
        self.origin = origin
        self.key = key
    }

    package func reject(_ what: String, in mistakes: Mistakes) { mistakes.note(origin, key, what) }

    /// Two are equal that say the same, wherever.
    package static func == (one: Self, other: Self) -> Bool { one.value == other.value }
}
