/// What a field of a log line can hold.
package enum LogValue: Sendable {
    case text(String)
    case number(Int)
    case decimal(Double)
    case flag(Bool)
    /// Left out of the line.
    case none

    /// A value's own words; nil is left out.
    package init(_ value: (some CustomStringConvertible)?) {
        self = value.map { .text($0.description) } ?? .none
    }
}

extension LogValue: ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral text: String) { self = .text(text) }
    package init(integerLiteral number: Int) { self = .number(number) }
    package init(booleanLiteral flag: Bool) { self = .flag(flag) }
}

/// The fields of a log line, in order.
package struct LogFields: Sendable, ExpressibleByDictionaryLiteral {
    package private(set) var pairs: [(name: String, value: LogValue)]

    package init(dictionaryLiteral pairs: (String, LogValue)...) { self.pairs = pairs }

    package mutating func append(_ name: String, _ value: LogValue) { pairs.append((name, value)) }
}
