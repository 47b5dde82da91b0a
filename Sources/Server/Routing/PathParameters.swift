/// What stood in the places of a pattern's braces, unescaped.
package struct PathParameters: Sendable {
    /// The route's own list, shared by all its calls.
    private let names: [String]
    private let values: [String]

    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    package static let none = PathParameters(names: [], values: [])

    package var isEmpty: Bool { values.isEmpty }

    package subscript(name: String) -> String? {
        names.firstIndex(of: name).map { values[$0] }
    }
}

extension PathParameters: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral pairs: (String, String)...) {
        self.init(names: pairs.map(\.0), values: pairs.map(\.1))
    }
}
