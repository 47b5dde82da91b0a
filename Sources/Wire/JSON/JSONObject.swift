/// The members of an object, found in JSON that `JSONValidator` has passed and minified. For small messages:
/// every look-up walks over it.
package struct JSONObject {
    private let bytes: [UInt8]

    /// Nil when the document is another kind of value.
    package init?(minified bytes: [UInt8]) {
        guard bytes.first == UInt8(ascii: "{") else { return nil }
        self.bytes = bytes
    }

    /// The JSON of a member; the last, where a key comes twice. Keys that are written with escapes are not found.
    package subscript(key: String) -> ArraySlice<UInt8>? {
        var found: ArraySlice<UInt8>?
        visit { name, value in
            if bytes[name].elementsEqual(key.utf8) { found = bytes[value] }
        }
        return found
    }

    /// The names of the members, in order.
    package var keys: [String] {
        var keys: [String] = []
        visit { name, _ in
            keys.append(JSONText.unquote(bytes[name.lowerBound - 1...name.upperBound]) ?? "")
        }
        return keys
    }

    private func visit(_ each: (_ name: Range<Int>, _ value: Range<Int>) -> Void) {
        var position = 1
        while bytes[position] == UInt8(ascii: "\"") {
            let keyEnd = endOfString(at: position)
            let valueEnd = endOfValue(at: keyEnd + 1)
            each(position + 1..<keyEnd - 1, keyEnd + 1..<valueEnd)
            guard bytes[valueEnd] == ASCII.comma else { break }
            position = valueEnd + 1
        }
    }

    /// The text of a member that is a string.
    package func text(_ key: String) -> String? {
        self[key].flatMap { JSONText.unquote($0) }
    }

    /// The number of a member that is a whole one, not negative and not beyond 2^64.
    package func number(_ key: String) -> UInt64? {
        guard let digits = self[key], digits.count <= 20 else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    private func endOfString(at start: Int) -> Int {
        var position = start + 1
        while bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return position + 1
    }

    private func endOfValue(at start: Int) -> Int {
        var position = start
        var depth = 0
        while true {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position = endOfString(at: position)
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return position }
                depth -= 1
            case ASCII.comma where depth == 0: return position
            default: break
            }
            position += 1
        }
    }
}
