/// How commands write what would end them.
package enum CommandEscapes: String, CaseIterable, Sendable {
    case percent = "%25"
    case carriageReturn = "%0D"
    case newline = "%0A"
    case colon = "%3A"
    case comma = "%2C"

    private var byte: UInt8 {
        switch self {
        case .percent: UInt8(ascii: "%")
        case .carriageReturn: UInt8(ascii: "\r")
        case .newline: UInt8(ascii: "\n")
        case .colon: UInt8(ascii: ":")
        case .comma: UInt8(ascii: ",")
        }
    }

    /// The text behind a command as it stands in a line.
    package static func escape(text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if let escape = [percent, carriageReturn, newline].first(where: { $0.byte == byte }) {
                bytes += escape.rawValue.utf8
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Undoes those of `escapes` that stand in `text`; what only looks like one stays.
    static func undo(_ text: Substring.UTF8View, _ escapes: [CommandEscapes]) -> String {
        guard text.contains(UInt8(ascii: "%")) else { return String(Substring(text)) }
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.first {
            if byte == UInt8(ascii: "%"),
                let escape = escapes.first(where: { rest.starts(with: $0.rawValue.utf8) })
            {
                bytes.append(escape.byte)
                rest = rest.dropFirst(escape.rawValue.utf8.count)
            } else {
                bytes.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
