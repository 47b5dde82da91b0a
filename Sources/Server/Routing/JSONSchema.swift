import JSONCoding

/// The JSON Schema of what a type is as JSON, read off the type itself: it is decoded from nothing, and what it asks
/// for on the way are its properties. So what a reply says and what its description says cannot part.
enum JSONSchema {
    /// A type that asks for something else than properties describes itself, by `JSONDescribed`.
    static func of(_ type: (some Decodable).Type) -> JSONNode {
        do {
            return try SchemaReader.read(type).schema
        } catch {
            preconditionFailure("\(type) cannot be described: \(error)")
        }
    }

    /// What the members of its objects are called; nil for what is no object, or one with any members.
    static func members(of type: (some Decodable).Type) -> [String]? {
        guard case .object(let keywords) = of(type),
            case .object(let properties)? = keywords.first(where: { $0.0 == "properties" })?.1
        else { return nil }
        return properties.map(\.0)
    }

    static func text(of type: (some Decodable).Type) -> String { of(type).text }

    /// `{"NAME":[…]}`, as `Response.list` writes it.
    static func text(ofList name: String, of type: (some Decodable).Type) -> String {
        object([(name, ["type": "array", "items": of(type)])], required: [name]).text
    }

    /// One of several.
    static func text(ofEither first: (some Decodable).Type, or second: (some Decodable).Type) -> String {
        (["oneOf": [of(first), of(second)]] as JSONNode).text
    }

    fileprivate static func object(_ properties: [(String, JSONNode)], required: [String]) -> JSONNode {
        [
            "type": "object", "required": .array(required.map { .text($0) }),
            "properties": .object(properties),
        ]
    }
}

extension JSONNode {
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Hears what a type asks for.
private final class SchemaReader: Decoder {
    /// A type that is not decoded by properties.
    struct NoProperties: Error {}

    let codingPath: [any CodingKey] = []
    let userInfo: [CodingUserInfoKey: Any] = [:]
    private var properties: [(String, JSONNode)] = []
    private var required: [String] = []

    static func read<Value: Decodable>(_ type: Value.Type) throws -> (schema: JSONNode, sample: Value) {
        if let described = type as? any JSONDescribed.Type, let sample = described.sample as? Value {
            return (described.schema, sample)
        }
        let reader = SchemaReader()
        let sample = try Value(from: reader)
        return (JSONSchema.object(reader.properties, required: reader.required), sample)
    }

    /// Whether it was asked if the next property is there at all.
    var mayBeMissing = false

    func take<Value: Decodable>(_ type: Value.Type, for key: any CodingKey) throws -> Value {
        let name = JSONFormat.snakeCase(key.stringValue)
        let (schema, sample) = try Self.read(type)
        properties.append((name, schema))
        if !mayBeMissing { required.append(name) }
        mayBeMissing = false
        return sample
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(SchemaProperties(reader: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw NoProperties() }
    func singleValueContainer() throws -> any SingleValueDecodingContainer { throw NoProperties() }
}

/// The properties of one type: each is there when it is asked for, with a value that means nothing.
private struct SchemaProperties<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let reader: SchemaReader
    let codingPath: [any CodingKey] = []
    let allKeys: [Key] = []

    func contains(_ key: Key) -> Bool {
        reader.mayBeMissing = true
        return true
    }

    func decodeNil(forKey key: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try reader.take(type, for: key)
    }

    // What is asked for by a type of the language's own goes by the same way.
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try reader.take(type, for: key) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try reader.take(type, for: key) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try reader.take(type, for: key) }
    func decode(_ type: Float.Type, forKey key: Key) throws -> Float { try reader.take(type, for: key) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try reader.take(type, for: key) }
    func decode(_ type: Int8.Type, forKey key: Key) throws -> Int8 { try reader.take(type, for: key) }
    func decode(_ type: Int16.Type, forKey key: Key) throws -> Int16 { try reader.take(type, for: key) }
    func decode(_ type: Int32.Type, forKey key: Key) throws -> Int32 { try reader.take(type, for: key) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try reader.take(type, for: key) }
    func decode(_ type: UInt.Type, forKey key: Key) throws -> UInt { try reader.take(type, for: key) }
    func decode(_ type: UInt8.Type, forKey key: Key) throws -> UInt8 { try reader.take(type, for: key) }
    func decode(_ type: UInt16.Type, forKey key: Key) throws -> UInt16 { try reader.take(type, for: key) }
    func decode(_ type: UInt32.Type, forKey key: Key) throws -> UInt32 { try reader.take(type, for: key) }
    func decode(_ type: UInt64.Type, forKey key: Key) throws -> UInt64 { try reader.take(type, for: key) }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw SchemaReader.NoProperties() }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaReader.NoProperties()
    }
    func superDecoder() throws -> any Decoder { throw SchemaReader.NoProperties() }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw SchemaReader.NoProperties() }
}
