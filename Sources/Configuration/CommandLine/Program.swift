/// The whole command line: which commands there are, and which of them a line means.
package struct Program: Sendable {
    package let name: String
    package let version: String
    package let summary: String
    package let commands: [CommandTree]
    /// What is meant when no command is named.
    package let standard: (any Command.Type)?
    /// What help says at its end.
    package let notes: String

    package init(
        _ name: String, version: String, summary: String, standard: (any Command.Type)? = nil,
        notes: String = "", commands: [CommandTree]
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.standard = standard
        self.notes = notes
        self.commands = commands
    }

    /// Reads the words after the program's own name. A line that cannot be meant throws `usage`.
    package func parse(_ words: [String]) throws(ConfigurationError) -> Request {
        if ["--version", "version"].contains(words.first) {
            guard words.count == 1 else {
                throw .usage(
                    "\(ValueKind<String>.shown(words[1])) is one word too many\nSee `\(name) --help`.")
            }
            return .say("\(name) \(version)\n")
        }
        if ["--help", "-h"].contains(words.first) { return .say(overview) }
        if words == ["help", "--markdown"] { return .say(markdown) }
        if words.first == "help" { return try parse(Array(words.dropFirst()) + ["--help"]) }
        if let standard, words.first?.hasPrefix("-") ?? true {
            return try read(standard, words[...], [name, standard.name])
        }
        return try choose(from: commands, words[...], [name], summary)
    }

    /// What `--help` alone prints.
    var overview: String { help(commands, [name], summary) + (notes.isEmpty ? "" : "\n\(notes)") }

    private func choose(
        from commands: [CommandTree], _ words: ArraySlice<String>, _ path: [String], _ summary: String
    ) throws(ConfigurationError) -> Request {
        guard let word = words.first, !["--help", "-h"].contains(word) else {
            if words.isEmpty { throw .usage("say what to do\n\n" + help(commands, path, summary)) }
            return .say(help(commands, path, summary))
        }
        let path = path + [word]
        switch commands.first(where: { $0.name == word }) {
        case .command(let type): return try read(type, words.dropFirst(), path)
        case .group(_, _, let standard?, _) where words.dropFirst().first.map(Self.isFlag) ?? true:
            return try read(standard, words.dropFirst(), path)
        case .group(_, let summary, _, let inner):
            return try choose(from: inner, words.dropFirst(), path, summary)
        case nil:
            let hint = Suggestion.phrase(for: word, among: commands.map(\.name))
            let asked = path.dropLast().joined(separator: " ")
            throw .usage(
                "`\(asked)` has no command \(ValueKind<String>.shown(word))\(hint)\nSee `\(asked) --help`.")
        }
    }

    /// Whether the word belongs to a command that was not named. Help is asked of all of them.
    private static func isFlag(_ word: String) -> Bool {
        word.hasPrefix("-") && !["--help", "-h"].contains(word)
    }

    private func read(
        _ type: any Command.Type, _ words: ArraySlice<String>, _ path: [String]
    ) throws(ConfigurationError) -> Request {
        let line = path.joined(separator: " ")
        let described = ArgumentReader()
        _ = type.init(described)
        var given = GivenArguments()
        try given.read(words, against: described.shape, line)
        if given.asksForHelp { return .say(HelpText(line, type, described.shape).text) }
        let reader = ArgumentReader(given)
        let command = type.init(reader)
        let mistakes = reader.finish()
        guard mistakes.isEmpty else {
            throw .usage(mistakes.joined(separator: "\n") + "\nSee `\(line) --help`.")
        }
        return .run(command)
    }

    private func help(_ commands: [CommandTree], _ path: [String], _ summary: String) -> String {
        HelpText.overview(path.joined(separator: " "), summary, commands.map { ($0.name, $0.summary) })
    }
}
