/// Why a text is no expression: where, counted in characters from 1, and what was expected there.
package struct ExpressionError: Error, Equatable, CustomStringConvertible {
    package let column: Int
    package let expected: String

    package init(column: Int, expected: String) {
        self.column = column
        self.expected = expected
    }

    package var description: String { "at character \(column): \(expected)" }
}
