import Configuration

/// Reads an `env:` mapping: variables and what they are set to.
struct EnvironmentReader {
    private(set) var templates: [String: Template] = [:]
    private(set) var sites: [ExpressionSite] = []

    init(_ fields: YAMLFields) {
        guard let entry = fields.entry("env"), !entry.value.isNull else { return }
        guard case .mapping(let entries) = entry.value.content else {
            fields.reject("env", "must be a mapping of variables, and this is \(entry.value.kind)")
            return
        }
        for entry in entries { read(entry, fields) }
    }

    private mutating func read(_ entry: YAMLEntry, _ fields: YAMLFields) {
        let key = "env.\(entry.key)"
        do throws(Complaint) {
            _ = try ValueKind<String>.variable.parse(entry.key)
        } catch {
            fields.reject(key, at: entry.keyMark, error.text)
        }
        guard case .scalar(let scalar) = entry.value.content else {
            return fields.reject(key, at: entry.value.mark, "must be a text, and this is \(entry.value.kind)")
        }
        do throws(Complaint) {
            let template = try ValueKind<Template>.template.parse(entry.value.isNull ? "" : scalar.text)
            templates[entry.key] = template
            sites.append(ExpressionSite(key: key, mark: entry.value.mark, expressions: template.expressions))
        } catch {
            fields.reject(key, at: entry.value.mark, error.text)
        }
    }
}
