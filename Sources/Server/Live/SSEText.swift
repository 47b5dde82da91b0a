import Sessions

/// Events as `text/event-stream` writes them (HTML, 9.2). The messages are JSON of one line.
enum SSEText {
    /// What comes before all events: how long to wait before coming again, and the id with which to come again as long
    /// as no event has another.
    static func beginning(after seq: UInt64?) -> [UInt8] {
        Array("retry: 3000\n\(seq.map { "id: \($0)\n" } ?? "")\n".utf8)
    }

    static func append(_ entry: LogEntry, to text: inout [UInt8]) {
        text += "id: \(entry.seq)\n".utf8
        if let type = unsafe entry.type {
            text += "event: ".utf8
            unsafe text.append(contentsOf: type)
            text.append(UInt8(ascii: "\n"))
        }
        text += "data: ".utf8
        unsafe text.append(contentsOf: entry.payload)
        text += "\n\n".utf8
    }

    static func event(_ type: StaticString, _ message: [UInt8]) -> [UInt8] {
        var text = Array("event: \(type)\ndata: ".utf8)
        text += message
        text += "\n\n".utf8
        return text
    }
}
