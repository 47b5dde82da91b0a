extension SettingSection {
    /// The list `key` of mappings, each read by `make`. Only the file can say it.
    package func list<Item>(
        _ key: String, reload: Bool = false, _ help: String, by make: (SettingItem) -> Item
    ) -> [Item] {
        let list = ListSetting(name: name(of: key), help: help, isReloadable: reload)
        return reader.settle(list, key: key, in: fields, by: make)
    }

    /// As `list`, where no two may have the same name.
    package func list<Item>(
        _ key: String, named name: (Item) -> String, reload: Bool = false, _ help: String,
        by make: (SettingItem) -> Item
    ) -> [Item] {
        var seen: Set<String> = []
        return list(key, reload: reload, help) { item in
            let made = make(item)
            item.require(
                seen.insert(name(made)).inserted || name(made).isEmpty, "name",
                "`\(name(made))` is there already: give each a name of its own")
            return made
        }
    }
}

/// A list of mappings as it is declared: everything about it but its items.
struct ListSetting {
    let name: String
    let help: String
    let isReloadable: Bool
}

extension SettingReader {
    func settle<Item>(
        _ list: ListSetting, key: String, in fields: YAMLFields?, by make: (SettingItem) -> Item
    ) -> [Item] {
        let keys = SettingItemKeys()
        _ = make(SettingItem(nil, noting: keys))
        refuseElsewhere(list.name)
        let entry = fields?.entry(key)
        let written = entry.flatMap { $0.value.isNull ? nil : $0.value.onOneLine } ?? "[]"
        let items = fields?.list(key) { make(SettingItem($0, noting: keys)) } ?? []
        note(
            SettingEntry(
                name: list.name, word: "list", phrase: "a list of mappings, in the file only",
                help: list.help, isReloadable: list.isReloadable, isSecret: false, isSwitch: false,
                isList: true, standard: "", written: written,
                origin: entry.map { .file(fields!.file, $0.value.mark) } ?? .standard, items: keys.rows))
        return items
    }

    /// A list has no form that fits into a variable or a flag.
    private func refuseElsewhere(_ name: String) {
        let variable = SettingEntry.variable(for: name)
        if sources.environment[variable] != nil {
            mistakes.note(.environment(variable), name, "can be said in the file only")
        }
        for flag in sources.flags where flag.name == name {
            mistakes.note(.flag(name), name, "can be said in the file only")
        }
    }
}

extension YAMLNode {
    /// The whole value as YAML writes it on one line.
    fileprivate var onOneLine: String {
        switch content {
        case .scalar(let scalar): scalar.isNull ? "null" : Self.quoted(scalar)
        case .sequence(let items): "[" + items.map(\.onOneLine).joined(separator: ", ") + "]"
        case .mapping(let entries):
            "{" + entries.map { "\($0.key): \($0.value.onOneLine)" }.joined(separator: ", ") + "}"
        }
    }

    private static func quoted(_ scalar: YAMLScalar) -> String {
        let isPlain = scalar.style == .plain && !scalar.text.contains { ",[]{}\n".contains($0) }
        if isPlain { return scalar.text }
        let parts = scalar.text.split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "''") + "'"
    }
}
