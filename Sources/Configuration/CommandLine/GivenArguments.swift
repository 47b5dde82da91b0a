/// A command line split into options, settings and the rest. Nothing is read into values yet.
struct GivenArguments {
    private(set) var options: [(name: String, value: String?)] = []
    private(set) var settings: [SettingSources.Flag] = []
    private(set) var rest: [String] = []
    private(set) var asksForHelp = false

    /// Splits `words`; which flags take a value is in `shape`.
    mutating func read(
        _ words: ArraySlice<String>, against shape: ArgumentShape, _ line: String
    ) throws(ConfigurationError) {
        var words = words
        while let word = words.popFirst() {
            if word == "--" {
                rest += words
                return
            }
            guard word.hasPrefix("-"), word != "-" else {
                rest.append(word)
                continue
            }
            if word == "--help" || word == "-h" {
                asksForHelp = true
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0].drop { $0 == "-" })
            let value = parts.count == 2 ? String(parts[1]) : nil
            guard word.hasPrefix("--"), take(name, value, from: &words, shape) else {
                let what = SettingReader.unknownFlag(Self.underscored(name), among: shape.names)
                throw .usage("\(String(parts[0]).onOneLine(of: 60)) \(what)\nSee `\(line) --help`.")
            }
        }
    }

    /// Whether `name` is known; then it is kept, with the next word as its value where it needs one.
    private mutating func take(
        _ name: String, _ value: String?, from words: inout ArraySlice<String>, _ shape: ArgumentShape
    ) -> Bool {
        if let option = shape.options.first(where: { $0.name == name }) {
            options.append((name, value ?? (option.value == nil ? nil : words.popFirst())))
            return true
        }
        guard let setting = shape.settings.first(where: { $0.name == Self.underscored(name) }) else {
            return false
        }
        settings.append(.init(setting.name, value ?? (setting.isSwitch ? nil : words.popFirst())))
        return true
    }

    /// `--deadlines.request-head` is as good as `--deadlines.request_head`.
    private static func underscored(_ name: String) -> String {
        name.map { $0 == "-" ? "_" : String($0) }.joined()
    }
}
