/// A command as a person configures it: a text for `sh -c`, or a list of a program and its arguments.
package struct CommandWords: Sendable, Equatable {
    /// The program, and what follows it.
    package let words: [String]

    package init(words: [String]) { self.words = words }
}

extension ValueKind where Value == CommandWords {
    package static let command = {
        var kind = ValueKind(
            "command", "a text for `sh -c`, or a list of a program and its arguments",
            sample: CommandWords(words: []),
            parse: { text throws(Complaint) in
                guard text.contains(where: { $0 != " " && $0 != "\n" }) else {
                    throw Complaint("names no command")
                }
                guard !text.utf8.contains(0) else { throw Complaint("has a NUL in it") }
                return CommandWords(words: ["/bin/sh", "-c", text])
            },
            print: { $0.words.joined(separator: " ") })
        kind.emptyComplaint = "names no program"
        kind.readItems = { items, _, complain in
            var words: [String] = []
            for (index, item) in items.enumerated() {
                guard case .scalar(let scalar) = item.content, !scalar.text.utf8.contains(0) else {
                    complain(index, item.mark, "must be a text, and this is \(item.kind)")
                    return nil
                }
                words.append(scalar.text)
            }
            guard let first = words.first, !first.isEmpty else {
                complain(0, items[0].mark, "names no program")
                return nil
            }
            return CommandWords(words: words)
        }
        return kind
    }()
}
