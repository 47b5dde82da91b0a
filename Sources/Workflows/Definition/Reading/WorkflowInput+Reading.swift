import Configuration

extension WorkflowInput {
    /// Each is a variable in the environment of every phase.
    private static let most = 100

    /// The inputs of a file, in its order.
    static func read(_ fields: YAMLFields) -> [WorkflowInput] {
        var variables: [String: String] = [:]
        let inputs = fields.named("inputs") { entry, inner in
            if !WorkflowName.isName(entry.key) {
                fields.reject("inputs.\(entry.key)", at: entry.keyMark, WorkflowName.complaint)
            }
            let variable = TaskVariable.input(entry.key)
            if let other = variables[variable] {
                let what = "would be the same variable `\(variable)` as `\(other)`: choose another name"
                fields.reject("inputs.\(entry.key)", at: entry.keyMark, what)
            }
            variables[variable] = entry.key
            return WorkflowInput(inner, name: entry.key)
        }
        if inputs.count > most {
            fields.reject("inputs", "has \(inputs.count) of them: \(most) are allowed")
        }
        return Array(inputs.prefix(most))
    }

    private enum Word: String, CaseIterable, Sendable {
        case string, number, boolean, choice
    }

    private init(_ fields: YAMLFields, name: String) {
        self.name = name
        title = fields.value("title", .title, default: name)
        description = fields.value("description", .prose, default: "")
        isRequired = fields.value("required", .boolean, default: false)
        let word = fields.value("type", ValueKind<Word>.choice(), default: .string)
        let options = fields.value("options", .oneOrMore(of: .string))
        switch word {
        case .string: kind = .text
        case .number: kind = .number
        case .boolean: kind = .flag
        case .choice: kind = .choice(options ?? [])
        }
        if word == .choice, fields.entry("options") == nil || options?.isEmpty == true {
            fields.reject("options", "is missing: list what can be chosen")
        } else if word != .choice, fields.entry("options") != nil {
            fields.reject("options", "goes with `type: choice` only")
        }
        if let options, Set(options).count < options.count {
            fields.reject("options", "names one of them twice")
        }
        standard = fields.value("default", .prose).map(InputValue.text)
        guard let given = standard, fields.entry("options") == nil || options?.isEmpty == false else {
            return
        }
        do throws(Complaint) {
            standard = try settled(given)
        } catch {
            fields.reject("default", "`\(given.text)` \(error.text)")
        }
    }
}
