import Wire

/// What the server answered to one request: a status, and JSON where it has a body.
struct Answer {
    let status: Int
    let body: [UInt8]

    /// Reads to the end of the stream. Throws where that is not the end of the answer.
    init(from peer: Peer) throws {
        let bytes = try peer.receiveToEnd()
        var head = 0
        while head + 4 <= bytes.count, bytes[head..<head + 4] != [13, 10, 13, 10] { head += 1 }
        let lines = String(decoding: bytes.prefix(head), as: UTF8.self).split(separator: "\r\n")
        guard head + 4 <= bytes.count, let status = lines.first?.split(separator: " ").dropFirst().first,
            let status = Int(status)
        else { throw StressError("an answer was cut short") }
        self.status = status
        body = Array(bytes[(head + 4)...])
        let length = lines.first { $0.lowercased().hasPrefix("content-length:") }
            .flatMap { Int($0.dropFirst(15).filter { $0 != " " }) }
        try expect(length == nil || body.count == length, "an answer was cut short")
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// The answer, which must be an object with this status.
    func object(_ expected: Int = 200) throws -> JSONObject {
        guard status == expected, let object = JSONObject(minified: body) else {
            throw StressError("\(status) instead of \(expected): \(text.prefix(500))")
        }
        return object
    }
}

/// The elements of an array, found in JSON that is minified.
enum JSONList {
    static func elements(of json: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var elements: [ArraySlice<UInt8>] = []
        var (depth, isQuoted, start) = (0, false, json.startIndex + 1)
        var position = json.startIndex
        while position < json.endIndex {
            switch json[position] {
            case UInt8(ascii: "\\") where isQuoted: position += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case _ where isQuoted: break
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0, position > start { elements.append(json[start..<position]) }
            case UInt8(ascii: ",") where depth == 1:
                elements.append(json[start..<position])
                start = position + 1
            default: break
            }
            position += 1
        }
        return elements
    }
}
