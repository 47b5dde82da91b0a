/// Text out of bytes that come in pieces: a character that is cut waits for its rest, what is no UTF-8 becomes U+FFFD.
/// However the bytes are cut, the pieces together are the text that they are as a whole.
package struct TextPieces: Equatable, Sendable {
    /// The beginning of a character, up to three bytes.
    private var held: [UInt8] = []

    package init() {}

    /// How many bytes wait for the rest of their character.
    var waiting: Int { held.count }

    /// The text that is whole by now.
    package mutating func take(_ bytes: some Collection<UInt8>) -> String {
        held += bytes
        let cut = held.count - Self.unfinished(held)
        let text = String(decoding: held[..<cut], as: UTF8.self)
        held.removeFirst(cut)
        return text
    }

    /// What was held back when nothing more comes.
    package mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// How many bytes at the end are a character that the next ones may finish.
    private static func unfinished(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let lead = bytes[bytes.count - count]
            if lead & 0xC0 == 0x80 { continue }
            guard count < length(of: lead) else { return 0 }
            return count == 1 || seconds(after: lead).contains(bytes[bytes.count - count + 1]) ? count : 0
        }
        return 0
    }

    private static func length(of lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    /// The second bytes that do not rule the character out (RFC 3629, 4).
    private static func seconds(after lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
