/// Text that vouches for whoever shows it, known to nobody but them: it is handed out once and kept only as
/// its digest. It does not print itself, so that it reaches no log by accident.
package struct Secret: Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// 43 characters of 62 are 256 bits.
    static let length = 43

    /// One that nobody can guess, drawn from the kernel.
    package static func make(prefix: String = "") -> Secret {
        var random = SystemRandomNumberGenerator()
        let drawn = (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] }
        return Secret(prefix + String(decoding: drawn, as: UTF8.self))
    }

    /// What tells a token of Holdfast's from other text, for those who search for secrets that got out.
    package static let tokenPrefix = "hf_"

    package var description: String { "(a secret)" }

    var digest: SecretDigest { SecretDigest(of: text) }

    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
}

/// A name for a thing that is told to anybody: it identifies, and vouches for nothing.
enum PublicID {
    static func make(prefix: String) -> String {
        let digits = String(UInt64.random(in: 0..<1 << 60), radix: 32)
        return prefix + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
