import Wire

extension SecretPatterns {
    /// A JSON document, minified, as it may be shown. It stays one: strings are masked as they are read, and a number
    /// in which a secret stands becomes a string.
    package func masked(json: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return json }
        var shown: [UInt8] = []
        shown.reserveCapacity(json.count)
        var position = 0
        while position < json.count {
            let end = Self.tokenEnd(in: json, from: position)
            let token = json[position..<end]
            position = end
            switch json[token.startIndex] {
            case UInt8(ascii: "\""):
                let text = JSONText.unquote(token) ?? ""
                let safe = masked(text)
                if safe == text { shown += token } else { JSONText.quote(safe, to: &shown) }
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                let text = String(decoding: token, as: UTF8.self)
                if masked(text) == text { shown += token } else { JSONText.quote("***", to: &shown) }
            default: shown += token
            }
        }
        return shown
    }

    /// Behind the string, number, literal or mark that begins at `start`.
    private static func tokenEnd(in json: [UInt8], from start: Int) -> Int {
        var position = start + 1
        if json[start] == UInt8(ascii: "\"") {
            while json[position] != UInt8(ascii: "\"") {
                position += json[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            return position + 1
        }
        guard !isMark(json[start]) else { return position }
        while position < json.count, !isMark(json[position]) { position += 1 }
        return position
    }

    private static func isMark(_ byte: UInt8) -> Bool { "{}[],:".utf8.contains(byte) }
}
