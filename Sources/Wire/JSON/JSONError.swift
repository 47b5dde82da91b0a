/// Bytes that are not JSON: what is wrong, and at which byte.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    package enum Problem: Equatable, Sendable {
        case endsEarly, noValue, badNumber, badLiteral, badEscape, loneSurrogate, controlCharacter, badUTF8
        case noKey, noColon, noCommaOrEnd, textBehind
        case tooDeep(limit: Int)
    }

    package let problem: Problem
    package let offset: Int

    /// A sentence for whoever wrote them.
    package var description: String { "The JSON is wrong at byte \(offset): \(complaint)." }

    private var complaint: String {
        switch problem {
        case .endsEarly: "it ends too early"
        case .noValue: "a value is expected here"
        case .badNumber: "this is not how JSON writes a number"
        case .badLiteral: "only true, false and null are written without quotes"
        case .badEscape: "there is no such escape"
        case .loneSurrogate: "half of a surrogate pair stands alone"
        case .controlCharacter: "a control character must be escaped in a string"
        case .badUTF8: "this is not UTF-8"
        case .noKey: "a key in quotes is expected here"
        case .noColon: "a colon is expected here"
        case .noCommaOrEnd: "a comma or the closing bracket is expected here"
        case .textBehind: "something follows the value"
        case .tooDeep(let limit): "it is nested more than \(limit) deep"
        }
    }
}
