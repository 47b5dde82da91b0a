/// Where a settings type finds its values: it asks for each of its fields in its initializer.
///
///     requestHead = section.value("request_head", .duration(limits), default: .seconds(10), "…")
///
/// That one line is the whole definition of a setting. The decoder, the overrides by environment and flag,
/// the documentation and the check all come from it, so none of them can drift from the type; and a field
/// that is not asked for does not compile.
package struct SettingSection {
    let reader: SettingReader
    let fields: YAMLFields?
    private let path: String

    init(_ reader: SettingReader) { self.init(reader, reader.root, "") }

    private init(_ reader: SettingReader, _ fields: YAMLFields?, _ path: String) {
        self.reader = reader
        self.fields = fields
        self.path = path
    }

    /// The value of the setting `key`, wherever it was said last, or its default.
    package func value<Value>(
        _ key: String, _ kind: ValueKind<Value>, default standard: Value, reload: Bool = false,
        secret: Bool = false, _ help: String
    ) -> Value {
        let setting = Setting(
            name: name(of: key), kind: kind, standard: standard, help: help, isReloadable: reload,
            isSecret: secret)
        return reader.settle(setting, key: key, in: fields)
    }

    /// The settings under `key`, which `help` introduces.
    package func section(_ key: String, _ help: String) -> SettingSection {
        let inner = reader.group(name(of: key), help, in: fields, key: key)
        return SettingSection(reader, inner, name(of: key))
    }

    /// Notes that the value of `key` does not go with the others, unless `holds`.
    package func require(_ holds: Bool, _ key: String, _ what: @autoclosure () -> String) {
        if !holds { reader.reject(name(of: key), what()) }
    }

    /// The variables of the process, for defaults that depend on them.
    package var environment: [String: String] { reader.sources.environment }

    func name(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
