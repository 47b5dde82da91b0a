import JSONCoding

extension Role: Expected {
    package static var expectation: String {
        let names = allCases.map { "\"\($0.rawValue)\"" }
        return "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
    }

    package init(from decoder: any Decoder) throws {
        let text = try? decoder.singleValueContainer().decode(String.self)
        guard let role = text.flatMap(Role.init) else { throw DecodingError.expected(Self.self, at: decoder) }
        self = role
    }
}
