/// Where a command finds its arguments: it asks for each of them in its initializer.
package final class ArgumentReader {
    private(set) var shape = ArgumentShape()
    /// `nil` when the command only describes itself.
    private let given: GivenArguments?
    private var rest: ArraySlice<String>
    private var mistakes: [String] = []

    /// Describes.
    init() {
        given = nil
        rest = []
    }

    init(_ given: GivenArguments) {
        self.given = given
        rest = given.rest[...]
    }

    /// `--name VALUE`, or its default.
    package func option<Value>(
        _ name: String, _ kind: ValueKind<Value>, default standard: Value, _ help: String
    ) -> Value {
        let shown = kind.print(standard)
        return optionIfGiven(name, kind, shown.isEmpty ? help : "\(help) Default: \(shown).") ?? standard
    }

    /// `--name VALUE`, which may be left out.
    package func option<Value>(_ name: String, _ kind: ValueKind<Value>, _ help: String) -> Value? {
        optionIfGiven(name, kind, help)
    }

    private func optionIfGiven<Value>(_ name: String, _ kind: ValueKind<Value>, _ help: String) -> Value? {
        shape.options.append(.init(name: name, value: kind.word, help: help))
        let values = given?.options.filter { $0.name == name } ?? []
        if values.count > 1 { mistakes.append("--\(name) is given \(values.count) times; give it once") }
        guard let first = values.first else { return nil }
        guard let text = first.value else {
            mistakes.append("--\(name) needs a value: \(kind.phrase)")
            return nil
        }
        return read(text, kind, "--\(name)")
    }

    /// `--name VALUE`, any number of times.
    package func options<Value>(_ name: String, _ kind: ValueKind<Value>, _ help: String) -> [Value] {
        shape.options.append(.init(name: name, value: kind.word, help: help))
        let given = given?.options.filter { $0.name == name } ?? []
        return given.compactMap { option in
            guard let text = option.value else {
                mistakes.append("--\(name) needs a value: \(kind.phrase)")
                return nil
            }
            return read(text, kind, "--\(name)")
        }
    }

    /// `--name`, which is there or not.
    package func flag(_ name: String, _ help: String) -> Bool {
        shape.options.append(.init(name: name, value: nil, help: help))
        let values = given?.options.filter { $0.name == name } ?? []
        if values.contains(where: { $0.value != nil }) { mistakes.append("--\(name) takes no value") }
        return !values.isEmpty
    }

    /// The next word, which must be there.
    package func argument<Value>(_ label: String, _ kind: ValueKind<Value>, _ help: String) -> Value {
        shape.positionals.append(.init(label: label, count: .one, help: help))
        guard let text = rest.popFirst() else {
            mistakes.append("\(label) is missing: \(help)")
            return kind.sample
        }
        return read(text, kind, label) ?? kind.sample
    }

    /// The next word, if there is one.
    package func optionalArgument<Value>(_ label: String, _ kind: ValueKind<Value>, _ help: String) -> Value?
    {
        shape.positionals.append(.init(label: label, count: .atMostOne, help: help))
        return rest.popFirst().flatMap { read($0, kind, label) }
    }

    /// All words that are left.
    package func arguments<Value>(_ label: String, _ kind: ValueKind<Value>, _ help: String) -> [Value] {
        shape.positionals.append(.init(label: label, count: .any, help: help))
        defer { rest = [] }
        return rest.compactMap { read($0, kind, label) }
    }

    /// `--config FILE` and every setting as a flag. Help lists all of them, or those of `shown`.
    package func settings(showing shown: [String]? = nil) -> SettingFlags {
        let file = option(
            "config", .path, "The configuration file; else one is looked for in the usual places.")
        shape.settings = Settings.declared.entries
        shape.listed = shape.settings.filter { shown?.contains($0.name) ?? true }
        return SettingFlags(file: file, flags: given?.settings ?? [])
    }

    private func read<Value>(_ text: String, _ kind: ValueKind<Value>, _ place: String) -> Value? {
        do throws(Complaint) {
            return try kind.parse(text)
        } catch {
            mistakes.append("\(place): \(ValueKind<Value>.shown(text)) \(error.text)")
            return nil
        }
    }

    /// What was wrong, once the command has asked for all that it takes.
    func finish() -> [String] {
        rest.isEmpty
            ? mistakes : mistakes + ["\(ValueKind<String>.shown(rest[rest.startIndex])) is one word too many"]
    }
}

/// What a command line says about settings.
package struct SettingFlags: Sendable, Equatable {
    package let file: String?
    package let flags: [SettingSources.Flag]

    /// Reads the settings from everywhere: the file that is named or found, the environment and these flags.
    package func load(
        environment: [String: String]
    ) throws(ConfigurationError) -> SettingReading<Settings> {
        let file = try ConfigurationFile.find(named: file, environment: environment)
        let sources = SettingSources(file: file, environment: environment, flags: flags)
        return try sources.read { Settings($0) }
    }
}
