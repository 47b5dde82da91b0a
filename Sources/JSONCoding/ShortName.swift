/// What people and addresses call something of which there are many: ten letters and digits, never given twice.
package protocol ShortName: Hashable, Sendable, CustomStringConvertible, Codable {
    var text: String { get }

    /// Nil where the text is no such name.
    init?(_ text: some StringProtocol)
}

/// Makes such names.
package enum ShortNames {
    /// No vowels and nothing that looks like something else, so that none spells a word or is misread.
    private static let alphabet = Array("bcdfghjkmnpqrstvwxz23456789".utf8)
    private static let length = 10

    package static func isOne(_ text: some StringProtocol) -> Bool {
        text.utf8.count == length && text.utf8.allSatisfy(alphabet.contains)
    }

    /// A new one: 27^10, about 2 * 10^14, so who keeps them refuses the odd one that is taken.
    package static func make() -> String {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<length).map { _ in alphabet.randomElement(using: &random)! }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension ShortName {
    package var description: String { text }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no such name")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
