import Loop
import Sessions
import Wire

/// What came over the connections of one watch: how far it got, and what was said of the end.
struct Transcript: Transcribing {
    /// The number of the last message, or of the one behind which the first will be; a new connection goes on there.
    private(set) var after: UInt64?
    /// The ending that the last message announced.
    private(set) var end: Ending?
    /// How many more messages are wanted.
    private var wanted: Int?

    init(after: UInt64?, wanted: Int?) {
        self.after = after
        self.wanted = wanted
    }

    var isComplete: Bool { wanted == 0 }

    var query: QueryText {
        var query = QueryText()
        query.add("after", after.map { String($0) })
        return query
    }

    /// A new connection begins; behind which message, a server that has chosen that says in `X-Feed-Seq`.
    mutating func begin(_ headers: HTTPHeaders) {
        end = nil
        if let place = headers["X-Feed-Seq"].flatMap({ UInt64($0) }) { after = place }
    }

    /// Adds a message to the lines that are printed.
    mutating func add(
        _ kind: WebSocketMessageKind, _ payload: [UInt8], to lines: inout [UInt8],
        on loop: isolated EventLoop
    ) {
        if let count = wanted { wanted = count - 1 }
        guard kind == .text else {
            lines += payload
            return
        }
        let head = MessageHead(payload)
        if let seq = head.seq { after = seq }
        if head.type == "end" { end = Ending(announcedBy: payload) }
        // In JSON a line's end can stand between values only, where any space may.
        lines += payload.map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? UInt8(ascii: " ") : $0 }
        lines.append(UInt8(ascii: "\n"))
    }
}

/// The beginning of a live message, `{"type":"T","seq":42,`: as much of it as is needed for every message.
struct MessageHead {
    let type: String?
    let seq: UInt64?

    init(_ payload: [UInt8]) {
        var rest = payload[...]
        guard rest.drop(#"{"type":""#), let quote = rest.firstIndex(of: UInt8(ascii: "\"")) else {
            type = nil
            seq = nil
            return
        }
        type = String(decoding: rest[..<quote], as: UTF8.self)
        rest = rest[(quote + 1)...]
        let digits = rest.drop(#","seq":"#) ? rest.prefix { (0x30...0x39).contains($0) } : []
        seq = UInt64(String(decoding: digits, as: UTF8.self))
    }
}

extension ArraySlice<UInt8> {
    /// Whether it begins with `text`; then without it.
    fileprivate mutating func drop(_ text: String) -> Bool {
        guard starts(with: text.utf8) else { return false }
        self = dropFirst(text.utf8.count)
        return true
    }
}
