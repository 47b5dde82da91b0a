/// A text that another one must equal, in which `*` stands for any characters and `?` for one.
package struct TextPattern: Hashable, Sendable, CustomStringConvertible {
    package let description: String
    private let pattern: [Unicode.Scalar]

    package init(_ text: String) {
        description = text
        pattern = Array(text.unicodeScalars)
    }

    /// In a time that grows with both lengths multiplied, whatever the pattern is.
    package func matches(_ text: String) -> Bool {
        let text = Array(text.unicodeScalars)
        var (at, place) = (0, 0)
        // Where the last star stood, and how far it has reached.
        var star: (pattern: Int, text: Int)?
        while at < text.count {
            if place < pattern.count, pattern[place] == "*" {
                star = (place, at)
                place += 1
            } else if place < pattern.count, pattern[place] == "?" || pattern[place] == text[at] {
                place += 1
                at += 1
            } else if let last = star {
                star = (last.pattern, last.text + 1)
                (place, at) = (last.pattern + 1, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy { $0 == "*" }
    }
}
