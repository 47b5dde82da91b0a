/// Header fields in the order they came, in two allocations however many they are: the bytes, and where
/// each name and value lies in them.
///
/// Nothing is checked on the way in: what a parser makes is valid, and a writer refuses what is not.
package struct HTTPHeaders: Sendable {
    struct Field: Sendable {
        var name: Range<UInt32>
        var value: Range<UInt32>
    }

    private(set) var bytes: [UInt8]
    private(set) var fields: [Field]

    package init() {
        bytes = []
        fields = []
    }

    /// Fields whose bytes are already there, in a head that was read.
    init(bytes: [UInt8], fields: [Field]) {
        self.bytes = bytes
        self.fields = fields
    }

    package var count: Int { fields.count }
    package var isEmpty: Bool { fields.isEmpty }

    /// Adds a field after all others, whether or not there is one of that name.
    package mutating func append(_ name: HTTPHeaderName, _ value: String) {
        let start = UInt32(bytes.count)
        bytes.append(name.text)
        let middle = UInt32(bytes.count)
        bytes.append(value)
        fields.append(Field(name: start..<middle, value: middle..<UInt32(bytes.count)))
    }

    package mutating func remove(_ name: HTTPHeaderName) {
        fields = fields.filter { !matches($0, name) }
    }

    /// The value of the first field of that name. Setting replaces all of that name by one, at the end.
    package subscript(name: HTTPHeaderName) -> String? {
        get { fields.first { matches($0, name) }.map(text(of:)) }
        set {
            remove(name)
            if let newValue { append(name, newValue) }
        }
    }

    package func contains(_ name: HTTPHeaderName) -> Bool { fields.contains { matches($0, name) } }

    /// Every value of that name, in order.
    package func values(of name: HTTPHeaderName) -> [String] {
        fields.filter { matches($0, name) }.map(text(of:))
    }

    /// Names and values as text, in order: for logs and tests, not for the hot path.
    package var pairs: [(name: String, value: String)] {
        fields.map { (bytes.span.text($0.name.asInt), text(of: $0)) }
    }

    func matches(_ field: Field, _ name: HTTPHeaderName) -> Bool {
        guard field.name.count == name.text.utf8.count else { return false }
        return bytes.span.extracting(field.name.asInt).equalsIgnoringCase(name.text)
    }

    private func text(of field: Field) -> String { bytes.span.text(field.value.asInt) }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral pairs: (HTTPHeaderName, String)...) {
        self.init()
        for (name, value) in pairs { append(name, value) }
    }
}

extension HTTPHeaders: Equatable {
    /// The same fields in the same order; names in any case.
    package static func == (one: HTTPHeaders, other: HTTPHeaders) -> Bool {
        one.count == other.count
            && zip(one.pairs, other.pairs).allSatisfy {
                HTTPHeaderName($0.name) == HTTPHeaderName($1.name) && $0.value == $1.value
            }
    }
}

extension Range<UInt32> {
    @inline(__always) var asInt: Range<Int> { Int(lowerBound)..<Int(upperBound) }
}
