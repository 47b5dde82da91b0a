/// Reads one set of sources: settles each setting that is asked for, remembers it for the documentation,
/// and knows at the end what was said and never asked for.
final class SettingReader {
    let sources: SettingSources
    let mistakes = Mistakes()
    let root: YAMLFields?
    private(set) var entries: [SettingEntry] = []
    private(set) var groups: [SettingGroup] = []
    private var open: [YAMLFields] = []

    init(_ sources: SettingSources) {
        self.sources = sources
        root = sources.file?.fields(noting: mistakes)
        if let root { open.append(root) }
    }

    func group(_ name: String, _ help: String, in fields: YAMLFields?, key: String) -> YAMLFields? {
        groups.append(SettingGroup(name: name, help: help))
        guard let fields, let entry = fields.entry(key) else { return nil }
        let inner = YAMLFields(entry.value, at: name, of: fields.file, noting: mistakes)
        if let inner { open.append(inner) }
        return inner
    }

    func settle<Value>(_ setting: Setting<Value>, key: String, in fields: YAMLFields?) -> Value {
        var value = setting.standard
        var origin = Origin.standard
        for (candidate, place) in [
            inFile(setting, key: key, fields), inEnvironment(setting), inFlags(setting),
        ].compactMap({ $0 }) {
            (value, origin) = (candidate, place)
        }
        let kind = setting.kind
        entries.append(
            SettingEntry(
                name: setting.name, word: kind.word, phrase: kind.phrase, help: setting.help,
                isReloadable: setting.isReloadable, isSecret: setting.isSecret, isSwitch: kind.isSwitch,
                isList: kind.isList, standard: kind.print(setting.standard),
                written: kind.print(value), origin: origin))
        return value
    }

    func note(_ entry: SettingEntry) { entries.append(entry) }

    // MARK: The sources

    private func inFile<Value>(
        _ setting: Setting<Value>, key: String, _ fields: YAMLFields?
    ) -> (Value, Origin)? {
        guard let fields, let entry = fields.entry(key),
            let value = fields.value(key, setting.kind, secret: setting.isSecret)
        else { return nil }
        return (value, .file(fields.file, entry.value.mark))
    }

    private func inEnvironment<Value>(_ setting: Setting<Value>) -> (Value, Origin)? {
        let variable = SettingEntry.variable(for: setting.name)
        return sources.environment[variable].flatMap { read($0, as: setting, from: .environment(variable)) }
    }

    private func inFlags<Value>(_ setting: Setting<Value>) -> (Value, Origin)? {
        let given = sources.flags.filter { $0.name == setting.name }
        guard let last = given.last else { return nil }
        let origin = Origin.flag(setting.name)
        if given.count > 1, !setting.kind.isList {
            mistakes.note(origin, setting.name, "is given \(given.count) times; give it once")
        }
        if given.contains(where: { $0.value == nil }), !setting.kind.isSwitch {
            mistakes.note(origin, setting.name, "needs a value: \(setting.kind.phrase)")
            return nil
        }
        let text = setting.kind.isList ? given.compactMap(\.value).joined(separator: ",") : last.value
        return read(text ?? "true", as: setting, from: origin)
    }

    private func read<Value>(_ text: String, as setting: Setting<Value>, from origin: Origin) -> (
        Value, Origin
    )? {
        do throws(Complaint) {
            return (try setting.kind.parse(text), origin)
        } catch {
            let shown = setting.isSecret ? "the value" : ValueKind<Value>.shown(text)
            mistakes.note(origin, setting.name, "\(shown) \(error.text)")
            return nil
        }
    }

    // MARK: The end

    /// Notes what was said and is no setting.
    func finish() {
        let names = entries.map(\.name)
        for fields in open { fields.finish(elsewhere: names) }
        let known = entries.map(\.variable) + SettingSources.otherVariables.keys
        for variable in sources.environment.keys.sorted()
        where variable.hasPrefix("HOLDFAST_") && !variable.hasPrefix(SettingSources.inputVariables)
            && !known.contains(variable)
        {
            // Without what they have in common, which would make any two of them look alike.
            let meant = Suggestion.nearest(
                to: String(variable.dropFirst(9)), among: known.sorted().lazy.map { String($0.dropFirst(9)) })
            let hint = meant.map { "; did you mean `HOLDFAST_\($0)`?" } ?? ""
            mistakes.note(.environment(variable), "", "is not a known variable\(hint)")
        }
        for flag in sources.flags where !names.contains(flag.name) {
            mistakes.note(.flag(flag.name), flag.name, Self.unknownFlag(flag.name, among: names))
        }
    }

    static func unknownFlag(_ name: String, among names: [String]) -> String {
        let far = names.first { $0.hasSuffix(".\(name)") }
        let meant = Suggestion.nearest(to: name, among: names) ?? far
        return "is not a known flag" + (meant.map { "; did you mean `--\($0)`?" } ?? "")
    }

    /// Notes a mistake that shows only beside other settings, at the place where `name` was said.
    func reject(_ name: String, _ what: String) {
        let origin = entries.first { $0.name == name }?.origin ?? .standard
        mistakes.note(origin, name, what)
    }
}

/// One setting as it is declared: everything about it but its value.
struct Setting<Value: Sendable> {
    let name: String
    let kind: ValueKind<Value>
    let standard: Value
    let help: String
    let isReloadable: Bool
    let isSecret: Bool
}
