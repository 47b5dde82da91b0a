/// Text as a log line may hold it.
enum LogText {
    /// How much of one value is written.
    static let limit = 4096

    /// Whether `text` can stand without quotes.
    static func isPlain(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= limit
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !#""\="#.utf8.contains($0) }
    }

    /// Adds `text` in quotes, as JSON has it, with everything escaped that a terminal would act on: control
    /// characters, those above ASCII among them, and what turns the direction of writing.
    static func quote(_ text: String, to line: inout [UInt8]) {
        let limit = line.count + limit
        line.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            guard line.count < limit else {
                line += "…".utf8
                break
            }
            switch scalar {
            case "\"", "\\":
                line.append(UInt8(ascii: "\\"))
                line += UTF8.encode(scalar)!
            case "\n": line += #"\n"#.utf8
            case "\r": line += #"\r"#.utf8
            case "\t": line += #"\t"#.utf8
            case _ where actsOnTerminals(scalar): escape(scalar, to: &line)
            default: line += UTF8.encode(scalar)!
            }
        }
        line.append(UInt8(ascii: "\""))
    }

    private static func actsOnTerminals(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: true
        default: false
        }
    }

    /// All that are escaped are in the first plane.
    private static func escape(_ scalar: Unicode.Scalar, to line: inout [UInt8]) {
        line += #"\u"#.utf8
        for shift in [12, 8, 4, 0] as [UInt32] {
            line.append(Array("0123456789abcdef".utf8)[Int(scalar.value >> shift & 15)])
        }
    }
}
