package import FoundationEssentials

/// How JSON is written and read everywhere: snake_case, sorted keys, so that the same value is the same text.
package enum JSONFormat {
    package static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    package static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }()

    /// A property's name as JSON has it: `keptBytes` as `kept_bytes`.
    package static func snakeCase(_ name: String) -> String {
        var text = ""
        for character in name {
            if character.isUppercase, !text.isEmpty { text.append("_") }
            text += character.lowercased()
        }
        return text
    }
}
