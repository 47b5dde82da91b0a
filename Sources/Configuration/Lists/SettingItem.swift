/// One mapping of a list of them in the file: where the type that stands for it finds its values, as a settings type
/// does in a `SettingSection`.
///
///     name = item.required("name", .feedName, "…")
///
/// The same lines document the keys: they are asked once with no file behind them. What a mapping says wrongly or
/// leaves out is noted with its line and key, and answered with something to go on with.
package struct SettingItem {
    let fields: YAMLFields?
    let keys: SettingItemKeys

    init(_ fields: YAMLFields?, noting keys: SettingItemKeys) {
        self.fields = fields
        self.keys = keys
    }

    /// The value of `key`; not giving it is a mistake.
    package func required<Value>(_ key: String, _ kind: ValueKind<Value>, _ help: String) -> Value {
        keys.note(key, "\(kind.phrase). \(help)")
        return fields?.required(key, kind) ?? kind.sample
    }

    package func value<Value>(
        _ key: String, _ kind: ValueKind<Value>, default standard: Value, _ help: String
    ) -> Value {
        keys.note(key, "\(kind.phrase); default `\(kind.print(standard))`. \(help)")
        return fields?.value(key, kind) ?? standard
    }

    /// The value of `key`, or nil where it is not given or wrong.
    package func value<Value>(_ key: String, _ kind: ValueKind<Value>, _ help: String) -> Value? {
        keys.note(key, "\(kind.phrase). \(help)")
        return fields?.value(key, kind)
    }

    /// Whether `key` is given, rightly or wrongly.
    package func has(_ key: String) -> Bool { fields?.entry(key) != nil }

    /// Notes that the value of `key` does not go with the others, unless `holds`; where the key is not given, at
    /// the mapping.
    package func require(_ holds: Bool, _ key: String, _ what: @autoclosure () -> String) {
        if !holds { fields?.reject(key, what()) }
    }
}

/// The keys of a list's mappings, as the documentation names them.
final class SettingItemKeys {
    private(set) var rows: [SettingItemKey] = []

    func note(_ key: String, _ text: String) {
        if !rows.contains(where: { $0.name == key }) { rows.append(SettingItemKey(name: key, text: text)) }
    }
}

package struct SettingItemKey: Sendable, Equatable {
    package let name: String
    package let text: String
}
