import Feeds
import Loop
import Store
import Wire

/// What a query finds in an SQLite file: its rows, as a list of objects with the names of the columns.
struct QuerySource {
    private let query: String
    private let path: String
    private let limit: Int

    init(_ query: String, of path: String, limit: Int) {
        self.query = query
        self.path = path
        self.limit = limit
    }

    /// As something to watch; the file may be locked or its disk hang, so on a thread of `pool`.
    func source(in pool: Offload) -> BlockingSource {
        BlockingSource(in: pool) { deadline in
            let answer = try ForeignDatabase.ask(query, of: path, limit: limit, until: deadline)
            return .json(Self.json(answer))
        }
    }

    static func json(_ answer: ForeignDatabase.Answer) -> [UInt8] {
        var text = [UInt8(ascii: "[")]
        for (index, row) in answer.rows.enumerated() {
            if index > 0 { text.append(ASCII.comma) }
            text.append(UInt8(ascii: "{"))
            for (column, value) in zip(answer.columns, row) {
                if text.last != UInt8(ascii: "{") { text.append(ASCII.comma) }
                JSONText.quote(column, to: &text)
                text.append(UInt8(ascii: ":"))
                write(value, to: &text)
            }
            text.append(UInt8(ascii: "}"))
        }
        text.append(UInt8(ascii: "]"))
        return text
    }

    /// Bytes are written as pairs of hexadecimal digits, and what is no number of JSON's is null.
    private static func write(_ value: SQLValue, to text: inout [UInt8]) {
        switch value {
        case .null: text += "null".utf8
        case .integer(let number): text += "\(number)".utf8
        case .real(let number): text += (number.isFinite ? "\(number)" : "null").utf8
        case .text(let string): JSONText.quote(string, to: &text)
        case .blob(let bytes):
            let digits = Array("0123456789abcdef".utf8)
            text.append(UInt8(ascii: "\""))
            for byte in bytes { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
            text.append(UInt8(ascii: "\""))
        }
    }
}
