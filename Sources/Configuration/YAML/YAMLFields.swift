/// A mapping that is being read: hands out its keys by name and kind, and at the end notes every key that
/// nobody asked for.
///
/// Every wrong or missing key is noted and answered with something to go on with, so that one reading
/// finds all mistakes. What was made is worth nothing once `Mistakes.check` throws.
package final class YAMLFields {
    /// The dotted name of the mapping; empty at the root.
    package let path: String
    package let mark: YAMLMark
    package let mistakes: Mistakes
    package let file: String
    private let entries: [YAMLEntry]
    private var asked: [String] = []

    /// `nil`, and noted, when `node` is not a mapping. Nothing at all is an empty one.
    init?(_ node: YAMLNode, at path: String, of file: String, noting mistakes: Mistakes) {
        switch node.content {
        case .mapping(let all): entries = all
        case .scalar(let scalar) where scalar.isNull: entries = []
        case .scalar, .sequence:
            mistakes.note(.file(file, node.mark), path, "must be a mapping of keys, and this is \(node.kind)")
            return nil
        }
        self.path = path
        self.file = file
        self.mistakes = mistakes
        mark = node.mark
    }

    /// Reads `node` by `make`, then notes the keys that it did not ask for.
    package static func read<Result>(
        _ node: YAMLNode, at path: String = "", of file: String, noting mistakes: Mistakes,
        by make: (YAMLFields) -> Result
    ) -> Result? {
        guard let fields = YAMLFields(node, at: path, of: file, noting: mistakes) else { return nil }
        let result = make(fields)
        fields.finish()
        return result
    }

    // MARK: Single values

    /// The value of `key`, or `nil` when it is not given or wrong.
    package func value<Value>(_ key: String, _ kind: ValueKind<Value>, secret: Bool = false) -> Value? {
        guard let entry = entry(key) else { return nil }
        return kind.read(entry.value, secret: secret) { index, mark, what in
            mistakes.note(.file(file, mark), name(of: key) + (index.map { "[\($0)]" } ?? ""), what)
        }
    }

    package func value<Value>(_ key: String, _ kind: ValueKind<Value>, default standard: Value) -> Value {
        value(key, kind) ?? standard
    }

    /// As `value`, and not giving the key is a mistake too.
    package func required<Value>(_ key: String, _ kind: ValueKind<Value>) -> Value {
        if entry(key) == nil { reject(key, at: mark, "is missing: give \(kind.phrase)") }
        return value(key, kind) ?? kind.sample
    }

    // MARK: Nested values

    package func mapping<Result>(_ key: String, by make: (YAMLFields) -> Result) -> Result? {
        guard let entry = entry(key) else { return nil }
        return Self.read(entry.value, at: name(of: key), of: file, noting: mistakes, by: make)
    }

    /// Each item of a list, which must be a mapping.
    package func list<Result>(_ key: String, by make: (YAMLFields) -> Result) -> [Result] {
        guard let entry = entry(key), !entry.value.isNull else { return [] }
        guard case .sequence(let items) = entry.value.content else {
            reject(key, at: entry.value.mark, "must be a list, and this is \(entry.value.kind)")
            return []
        }
        return items.enumerated().compactMap { index, item in
            Self.read(item, at: "\(name(of: key))[\(index)]", of: file, noting: mistakes, by: make)
        }
    }

    /// Each entry of a mapping whose keys are names that the writer chose, in the order of the file.
    package func named<Result>(_ key: String, by make: (YAMLEntry, YAMLFields) -> Result) -> [Result] {
        guard let entry = entry(key), !entry.value.isNull else { return [] }
        guard case .mapping(let all) = entry.value.content else {
            reject(key, at: entry.value.mark, "must be a mapping of names, and this is \(entry.value.kind)")
            return []
        }
        return all.compactMap { each in
            Self.read(each.value, at: "\(name(of: key)).\(each.key)", of: file, noting: mistakes) {
                make(each, $0)
            }
        }
    }

    /// The entry as it was written, for what no kind describes. It counts as asked for.
    package func entry(_ key: String) -> YAMLEntry? {
        asked.append(key)
        return entries.first { $0.key == key }
    }

    /// Notes a mistake about `key` that only its reader can see, at the key's value.
    package func reject(_ key: String, _ what: String) {
        reject(key, at: entries.first { $0.key == key }?.value.mark ?? mark, what)
    }

    /// The same at another place: a line of a text, an item of a list.
    package func reject(_ key: String, at mark: YAMLMark, _ what: String) {
        mistakes.note(.file(file, mark), name(of: key), what)
    }

    /// Where the value of `key` is; where it is not given, where the mapping is.
    func origin(of key: String) -> Origin {
        .file(file, entries.first { $0.key == key }?.value.mark ?? mark)
    }

    // MARK: The end

    /// Notes the keys that were not asked for; `elsewhere` names keys of other mappings that may be meant.
    func finish(elsewhere: [String] = []) {
        for entry in entries where !asked.contains(entry.key) {
            mistakes.note(.file(file, entry.keyMark), name(of: entry.key), unknown(entry.key, elsewhere))
        }
    }

    private func unknown(_ key: String, _ elsewhere: [String]) -> String {
        let near = Suggestion.nearest(to: key, among: asked)
        let far = elsewhere.first { $0.hasSuffix(".\(key)") }
        if let meant = near.map({ name(of: $0) }) ?? far {
            return "is not a known key; did you mean `\(meant)`?"
        }
        return asked.isEmpty ? "is not a known key" : "is not a known key; here go \(asked.listed)"
    }

    func name(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

extension [String] {
    /// The words for a sentence, once each, the first twelve of them.
    fileprivate var listed: String {
        var seen: Set<String> = []
        let words = filter { seen.insert($0).inserted }
        return words.prefix(12).map { "`\($0)`" }.joined(separator: ", ") + (words.count > 12 ? ", …" : "")
    }
}
