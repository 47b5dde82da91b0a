import FoundationEssentials
import JSONCoding
import Wire

/// Rows of a list as JSON. Each is encoded when what it shows has changed, and not again while it stays as it is.
struct BoardRows<Row: Encodable & Equatable & Identifiable> {
    private var known: [Row.ID: (row: Row, json: [UInt8])] = [:]

    /// `[…]` of these rows; all others are forgotten.
    mutating func list(_ rows: [Row]) throws -> [UInt8] {
        var next: [Row.ID: (row: Row, json: [UInt8])] = [:]
        next.reserveCapacity(rows.count)
        var text = [UInt8(ascii: "[")]
        for row in rows {
            let entry =
                if let entry = known[row.id], entry.row == row { entry } else {
                    (row: row, json: Array(try JSONFormat.encoder.encode(row)))
                }
            next[row.id] = entry
            if text.count > 1 { text.append(ASCII.comma) }
            text += entry.json
        }
        text.append(UInt8(ascii: "]"))
        known = next
        return text
    }
}

/// A JSON object that is put together from members that are JSON already.
struct BoardText {
    private var text = [UInt8(ascii: "{")]

    mutating func add(_ name: StaticString, json: [UInt8]) {
        if text.count > 1 { text.append(ASCII.comma) }
        text += "\"\(name)\":".utf8
        text += json
    }

    mutating func add(_ name: StaticString, _ value: some Encodable) throws {
        add(name, json: Array(try JSONFormat.encoder.encode(value)))
    }

    var bytes: [UInt8] { text + [UInt8(ascii: "}")] }
}
