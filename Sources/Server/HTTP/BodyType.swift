import Wire

/// What a request says its body is (RFC 9110 8.3 and 8.4), where that can be taken: text is UTF-8 here, and nothing
/// is unpacked.
struct BodyType {
    /// Without its parameters, in lower case; empty where nothing is said.
    let name: String

    /// Refused with 415 where the bytes would be taken for something that they are not.
    init(_ headers: HTTPHeaders) throws(HTTPError) {
        for coding in headers.elements(of: .contentEncoding) where coding.lowercased() != "identity" {
            throw HTTPError(
                .unsupportedMediaType,
                "A body with Content-Encoding: \(coding) is not taken; send it as it is.")
        }
        let parts = (headers[.contentType] ?? "").split(separator: ";", omittingEmptySubsequences: false)
            .map { Self.trimmed($0).lowercased() }
        name = parts.first ?? ""
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1).map(Self.trimmed)
            guard pair.count == 2, pair[0] == "charset" else { continue }
            let charset = pair[1].filter { $0 != "\"" }
            guard charset == "utf-8" || charset == "us-ascii" else {
                throw HTTPError(.unsupportedMediaType, "Text in \(charset) is not taken; send UTF-8.")
            }
        }
    }

    var isText: Bool { name == "text/plain" }

    var isJSON: Bool {
        name == "application/json" || (name.hasPrefix("application/") && name.hasSuffix("+json"))
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let isBlank = { (character: Character) in character == " " || character == "\t" }
        let start = text.drop(while: isBlank)
        return String(start.prefix(start.count - start.reversed().prefix(while: isBlank).count))
    }
}
