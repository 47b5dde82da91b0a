/// What a mapping of a list may have in it besides single values.
extension SettingItem {
    /// A list of further mappings, each read by `make`.
    package func list<Item>(_ key: String, _ help: String, by make: (SettingItem) -> Item) -> [Item] {
        let inner = SettingItemKeys()
        _ = make(SettingItem(nil, noting: inner))
        keys.note(key, "a list of mappings. \(help)")
        for row in inner.rows { keys.note("\(key)[].\(row.name)", row.text) }
        return fields?.list(key) { make(SettingItem($0, noting: inner)) } ?? []
    }

    /// A mapping of names that the writer chose to single values.
    package func scalars(_ key: String, _ help: String) -> [String: Located<YAMLScalar>] {
        keys.note(key, "a mapping. \(help)")
        guard let fields, let entry = fields.entry(key), !entry.value.isNull else { return [:] }
        guard case .mapping(let entries) = entry.value.content else {
            fields.reject(key, "must be a mapping, and this is \(entry.value.kind)")
            return [:]
        }
        var values: [String: Located<YAMLScalar>] = [:]
        for each in entries {
            let (name, origin) = (
                "\(fields.name(of: key)).\(each.key)", Origin.file(fields.file, each.value.mark)
            )
            if case .scalar(let scalar) = each.value.content, !scalar.isNull {
                values[each.key] = Located(scalar, at: origin, of: name)
            } else {
                fields.mistakes.note(origin, name, "must be a single value, and this is \(each.value.kind)")
            }
        }
        return values
    }

    /// `value`, with where `key` was said; where it was not, with where the mapping is.
    package func located<Value>(_ key: String, _ value: Value) -> Located<Value> {
        guard let fields else { return Located(value, at: .standard, of: key) }
        return Located(value, at: fields.origin(of: key), of: fields.name(of: key))
    }
}
