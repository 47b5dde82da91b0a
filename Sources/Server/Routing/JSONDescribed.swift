import Feeds
import JSONCoding
import Loop

/// A value that stands in JSON as one piece, and can say which piece that is.
protocol JSONDescribed: Decodable {
    /// Its JSON Schema.
    static var schema: JSONNode { get }
    /// Any value of it.
    static var sample: Self { get }
}

extension String: JSONDescribed {
    static var schema: JSONNode { ["type": "string"] }
    static var sample: String { "" }
}

extension Bool: JSONDescribed {
    static var schema: JSONNode { ["type": "boolean"] }
    static var sample: Bool { false }
}

extension JSONDescribed where Self: FixedWidthInteger {
    static var schema: JSONNode { ["type": "integer"] }
    static var sample: Self { 0 }
}

extension Int: JSONDescribed {}
extension Int64: JSONDescribed {}
extension UInt64: JSONDescribed {}

extension Timestamp: JSONDescribed {
    static var schema: JSONNode { ["type": "string", "format": "date-time"] }
    static var sample: Timestamp { Timestamp(milliseconds: 0) }
}

extension Double: JSONDescribed {
    static var schema: JSONNode { ["type": "number"] }
    static var sample: Double { 0 }
}

extension WholeNumber: JSONDescribed {
    static var schema: JSONNode { ["type": "integer"] }
    static var sample: WholeNumber { WholeNumber(0) }
}

/// A word of a few.
protocol JSONChoice: JSONDescribed, CaseIterable, RawRepresentable where RawValue == String {}

extension JSONChoice {
    static var schema: JSONNode { ["type": "string", "enum": .array(allCases.map { .text($0.rawValue) })] }
    static var sample: Self { allCases.first! }
}

extension Role: JSONChoice {}
extension FeedWindow: JSONChoice {}

extension Array: JSONDescribed where Element: Decodable {
    static var schema: JSONNode { ["type": "array", "items": JSONSchema.of(Element.self)] }
    static var sample: [Element] { [] }
}

extension Dictionary: JSONDescribed where Key == String, Value: Decodable {
    static var schema: JSONNode { ["type": "object", "additionalProperties": JSONSchema.of(Value.self)] }
    static var sample: [String: Value] { [:] }
}

extension OrNull: JSONDescribed {
    static var schema: JSONNode { ["anyOf": [JSONSchema.of(Value.self), ["type": "null"]]] }
    static var sample: OrNull { OrNull(wrappedValue: nil) }
}

/// Any JSON value; what it is does not matter to whoever reads the rest.
struct AnyJSON: Codable, Sendable, JSONDescribed {
    static var schema: JSONNode { [:] }
    static var sample: AnyJSON { AnyJSON() }

    init() {}
    init(from decoder: any Decoder) {}
}
