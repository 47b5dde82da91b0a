/// What a task is called by people, addresses and feeds (there: `adw_id`): ten letters and digits, never given twice.
package struct TaskID: Hashable, Sendable {
    package let text: String

    /// No vowels and nothing that looks like something else, so that none spells a word or is misread.
    private static let alphabet = Array("bcdfghjkmnpqrstvwxz23456789".utf8)
    private static let length = 10

    /// Nil where the text is no such name.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        self.text = String(text)
    }

    /// A new one: 27^10, about 2 * 10^14, so the store refuses the odd one that is taken.
    package static func make() -> TaskID {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<length).map { _ in alphabet.randomElement(using: &random)! }
        return TaskID(unchecked: String(decoding: bytes, as: UTF8.self))
    }

    private init(unchecked text: String) { self.text = text }
}

extension TaskID: CustomStringConvertible {
    package var description: String { text }
}

extension TaskID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = TaskID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "no task id")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
