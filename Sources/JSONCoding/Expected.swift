package import Loop

/// A value that can be sent, and can say what a good one looks like: for whoever sent something else.
package protocol Expected {
    /// Behind "it must be".
    static var expectation: String { get }
}

extension DecodingError {
    /// There is something else than a value of `type`.
    package static func expected(_ type: (some Expected).Type, at decoder: any Decoder) -> DecodingError {
        .typeMismatch(type, Context(codingPath: decoder.codingPath, debugDescription: type.expectation))
    }
}

/// A whole number in a body. The decoder refuses what is none of its size without naming the field; this names it.
package struct WholeNumber: Decodable, Expected {
    package static let expectation = "a whole number, and not a very large one"

    package let value: Int

    package init(_ value: Int) { self.value = value }

    package init(from decoder: any Decoder) throws {
        guard let value = try? decoder.singleValueContainer().decode(Int.self) else {
            throw DecodingError.expected(Self.self, at: decoder)
        }
        self.value = value
    }
}

extension Timestamp: Expected {
    package static var expectation: String { "a time such as 2026-01-31T12:00:00Z" }
}
