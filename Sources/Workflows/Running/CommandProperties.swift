/// The `key=value` pairs of a command, between which commas or blanks stand.
struct CommandProperties {
    let pairs: [String: String]

    init(_ text: Substring.UTF8View) {
        var pairs: [String: String] = [:]
        for part in text.split(separator: UInt8(ascii: ",")) {
            // A blank stands within a value unless another pair follows it.
            var key: String?
            for word in part.split(whereSeparator: OutputCommand.isBlank) {
                if let equals = word.firstIndex(of: UInt8(ascii: "=")), equals != word.startIndex {
                    let name = String(Substring(word[..<equals]))
                    pairs[name] = Self.unescaped(word[word.index(after: equals)...])
                    key = name
                } else if let key {
                    pairs[key, default: ""] += " " + Self.unescaped(word)
                }
            }
        }
        self.pairs = pairs
    }

    subscript(name: String) -> String? { pairs[name] }

    /// What a message is about, to stand before it: `main.c:3:7: title: `.
    var place: String {
        let line = pairs["line"].map { ":\($0)" } ?? ""
        let column = line.isEmpty ? "" : (pairs["col"] ?? pairs["column"]).map { ":\($0)" } ?? ""
        let file = pairs["file"].map { "\($0)\(line)\(column): " } ?? ""
        return file + (pairs["title"].map { "\($0): " } ?? "")
    }

    private static func unescaped(_ text: Substring.UTF8View) -> String {
        CommandEscapes.undo(text, CommandEscapes.allCases)
    }
}
