import Wire

extension SecretPatterns {
    /// A JSON document, minified, as it may be shown. It stays one: strings are masked as they are read, a number or
    /// literal in which a secret stands becomes a string, and so does the smallest array or object in whose marks one
    /// stands, since a secret may be a document too. Where that is the whole, `"***"` is left.
    package func masked(json: [UInt8]) -> [UInt8] {
        guard !isEmpty else { return json }
        let plain = Self.plain(json)
        var secrets = unsafe plain.withUnsafeBytes { unsafe ranges(in: $0) }[...]
        guard !secrets.isEmpty else { return json }
        var shown: [UInt8] = []
        var open: [(start: Int, isSpoiled: Bool)] = []
        var position = 0
        while position < plain.count {
            let token = position..<Self.tokenEnd(in: plain, from: position)
            position = token.upperBound
            secrets = secrets.drop { $0.upperBound <= token.lowerBound }
            let isTouched = secrets.first.map { $0.lowerBound < token.upperBound } ?? false
            let first = plain[token.lowerBound]
            guard Self.isMark(first) else {
                if isTouched { hide(plain[token], in: &shown) } else { shown += plain[token] }
                continue
            }
            if "{[".utf8.contains(first) { open.append((shown.count, false)) }
            if isTouched { open[open.count - 1].isSpoiled = true }
            shown.append(first)
            guard "}]".utf8.contains(first), let ended = open.popLast(), ended.isSpoiled else { continue }
            shown.removeSubrange(ended.start...)
            JSONText.quote("***", to: &shown)
        }
        // What masks stand beside may make another.
        let isClean = unsafe shown.withUnsafeBytes { unsafe !occurs(in: $0) }
        return isClean ? shown : Array(JSONText.quoted("***").utf8)
    }

    private func hide(_ token: ArraySlice<UInt8>, in shown: inout [UInt8]) {
        let text = JSONText.unquote(token) ?? ""
        let safe = masked(text)
        // One that begins or ends with the quotes is not in the text.
        JSONText.quote(safe == text ? "***" : safe, to: &shown)
    }

    /// A minified document with each string written in the one way in which secrets are known in JSON.
    static func plain(_ json: [UInt8]) -> [UInt8] {
        guard json.contains(UInt8(ascii: "\\")) else { return json }
        var plain: [UInt8] = []
        plain.reserveCapacity(json.count)
        var position = 0
        while position < json.count {
            let token = json[position..<tokenEnd(in: json, from: position)]
            position = token.endIndex
            if let text = JSONText.unquote(token) {
                JSONText.quote(text, to: &plain)
            } else {
                plain += token
            }
        }
        return plain
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
