/// Text as JSON writes it (RFC 8259, 7).
package enum JSONText {
    /// Adds `text` in quotes, with everything escaped that must be.
    package static func quote(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case UInt8(ascii: "\n"): output += #"\n"#.utf8
            case UInt8(ascii: "\r"): output += #"\r"#.utf8
            case UInt8(ascii: "\t"): output += #"\t"#.utf8
            case 0..<0x20:
                output += #"\u00"#.utf8
                output.append(hexDigits[Int(byte >> 4)])
                output.append(hexDigits[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    package static func quoted(_ text: String) -> String {
        var bytes: [UInt8] = []
        quote(text, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of a string as `JSONValidator` passes it, quotes and all; nil for any other value.
    package static func unquote(_ json: ArraySlice<UInt8>) -> String? {
        guard json.count >= 2, json.first == UInt8(ascii: "\"") else { return nil }
        let inside = json.dropFirst().dropLast()
        guard inside.contains(UInt8(ascii: "\\")) else { return String(decoding: inside, as: UTF8.self) }
        var units: [UInt16] = []
        var rest = inside[...]
        while let first = rest.first {
            if first == UInt8(ascii: "\\") {
                units.append(escape(&rest))
            } else {
                let plain = rest.prefix { $0 != UInt8(ascii: "\\") }
                units += String(decoding: plain, as: UTF8.self).utf16
                rest = rest.dropFirst(plain.count)
            }
        }
        return String(decoding: units, as: UTF16.self)
    }

    private static func escape(_ rest: inout ArraySlice<UInt8>) -> UInt16 {
        let letter = rest[rest.startIndex + 1]
        defer { rest = rest.dropFirst(letter == UInt8(ascii: "u") ? 6 : 2) }
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"):
            let digits = rest[rest.startIndex + 2..<rest.startIndex + 6]
            return UInt16(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0xFFFD
        default: return UInt16(letter)
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)
}
