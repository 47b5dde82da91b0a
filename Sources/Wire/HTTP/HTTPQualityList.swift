/// A list of what a client takes, each with how much it likes it (RFC 9110 12.4.2).
struct HTTPQualityList: Sendable {
    struct Entry: Equatable, Sendable {
        /// In lower case, without its parameters.
        let name: String
        /// In thousandths; 0 is *not acceptable*.
        let quality: Int
    }

    let entries: [Entry]

    init(_ headers: HTTPHeaders, _ name: HTTPHeaderName) {
        entries = headers.elements(of: name).map { element in
            let parts = element.split(separator: ";").map { Self.trim($0) }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") || $0.hasPrefix("Q=") }
            return Entry(
                name: (parts.first ?? "").lowercased(),
                quality: weight.map { Self.thousandths($0.dropFirst(2)) } ?? 1000)
        }
    }

    /// The quality of the first of `names` that is listed: put the most specific first.
    func quality(ofFirst names: String...) -> Int? {
        for name in names {
            if let entry = entries.first(where: { $0.name == name }) { return entry.quality }
        }
        return nil
    }

    /// `0.5` as 500. What is no weight counts as *not acceptable*.
    private static func thousandths(_ text: Substring) -> Int {
        let digits = Array(text.utf8)
        guard let whole = digits.first?.decimal, whole <= 1, digits.count <= 5 else { return 0 }
        guard digits.count == 1 || digits[1] == UInt8(ascii: ".") else { return 0 }
        var quality = Int(whole) * 1000
        var scale = 100
        for digit in digits.dropFirst(2) {
            guard let value = digit.decimal else { return 0 }
            quality += Int(value) * scale
            scale /= 10
        }
        return quality <= 1000 ? quality : 0
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text
        while text.utf8.first?.isBlank == true { text.removeFirst() }
        while text.utf8.last?.isBlank == true { text.removeLast() }
        return text
    }
}
