/// What a secret of ours looks like, so that one that came where it does not belong reaches no log.
///
/// `hf_` and letters and digits, also where some are missing or too many; or exactly as many letters and digits in a
/// row as a ticket, a sign-in link and a cookie have.
enum SecretShape {
    /// Fewer than these behind `hf_` are a name that somebody chose.
    private static let fewestBehindPrefix = 20

    /// The same text with `***` in the place of secrets.
    static func masked(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let secrets = secrets(in: bytes)
        guard !secrets.isEmpty else { return text }
        var masked: [UInt8] = []
        var position = 0
        for secret in secrets {
            masked += bytes[position..<secret.lowerBound]
            masked += "***".utf8
            position = secret.upperBound
        }
        return String(decoding: masked + bytes[position...], as: UTF8.self)
    }

    /// False, at once, for nearly all that is asked; an escape may hide anything.
    static func mayBeIn(_ text: String) -> Bool {
        var run = 0
        return text.utf8.contains { byte in
            run = isPart(byte) ? run + 1 : 0
            return run == fewestBehindPrefix || byte == UInt8(ascii: "%")
        }
    }

    static func isIn(_ text: String) -> Bool { !secrets(in: Array(text.utf8)).isEmpty }

    private static func secrets(in bytes: [UInt8]) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var start = 0
        for end in 0...bytes.count where end == bytes.count || !isPart(bytes[end]) {
            let hasPrefix = bytes[..<start].suffix(3).elementsEqual(Secret.tokenPrefix.utf8)
            let isSecret =
                end - start == Secret.length || (hasPrefix && end - start >= fewestBehindPrefix)
            if isSecret { found.append(start..<end) }
            start = end + 1
        }
        return found
    }

    /// Whether a secret can have it: a letter or a digit.
    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
