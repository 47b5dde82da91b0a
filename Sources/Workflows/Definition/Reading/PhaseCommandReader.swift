import Configuration

/// Reads `run:`, a script or a program with its arguments.
///
/// No expression stands in a script: what is put into its text would be read by the shell, and whoever starts a
/// task could run what they like. Values come to scripts as variables.
struct PhaseCommandReader {
    private(set) var command = Phase.Command.script("")
    private(set) var sites: [ExpressionSite] = []

    private static let phrase = "a script, or a list of a program and its arguments"

    /// In bytes: more would not fit into one argument of `sh`, and belongs into a file of its own.
    private static let longestScript = 100 << 10

    init(_ fields: YAMLFields) {
        guard let entry = fields.entry("run"), !entry.value.isNull else {
            fields.reject("run", at: fields.mark, "is missing: give \(Self.phrase)")
            return
        }
        switch entry.value.content {
        case .scalar(let scalar): readScript(scalar, at: entry.value.mark, fields)
        case .sequence(let items): readProgram(items, fields)
        case .mapping:
            fields.reject("run", "must be \(Self.phrase), and this is a mapping")
        }
    }

    private mutating func readScript(_ scalar: YAMLScalar, at mark: YAMLMark, _ fields: YAMLFields) {
        let text = scalar.text
        if text.trimmed.isEmpty { fields.reject("run", "is empty: say what to run") }
        if text.utf8.contains(0) { fields.reject("run", "has a NUL in it") }
        if text.utf8.count > Self.longestScript {
            fields.reject("run", "is longer than 100 KiB: put it into a file, and run that")
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where line.contains("${{") {
            // Only here each line of the text is a line of the file.
            let place =
                scalar.style == .literal ? YAMLMark(line: mark.line + 1 + index, column: 1) : mark
            fields.reject("run", at: place, Self.complaint(about: try? Template.parse(String(line))))
        }
        command = .script(text)
    }

    /// Says which variable has what was to be put in.
    private static func complaint(about template: Template?) -> String {
        let refused = "no `${{ }}` in a script, since the shell would run what it comes to: "
        guard let path = template?.expressions.first?.paths.first else {
            return refused + "set a variable under `env:` and use that"
        }
        let whole = path.joined(separator: ".")
        if let variable = TaskVariable.variable(for: path) {
            return refused + "use \"$\(variable)\", which is `\(whole)`"
        }
        return refused + "write `env: { VALUE: \"${{ \(whole) }}\" }` and use \"$VALUE\""
    }

    private mutating func readProgram(_ items: [YAMLNode], _ fields: YAMLFields) {
        let kind = ValueKind<[Template]>.oneOrMore(of: .template)
        guard let templates = fields.value("run", kind) else { return }
        guard let program = templates.first, program.literal?.isEmpty != true else {
            return fields.reject("run", "names no program: its first item is what to run")
        }
        if let script = Self.script(within: templates), !templates[script].expressions.isEmpty {
            fields.reject("run[\(script)]", at: items[script].mark, Self.complaint(about: templates[script]))
        }
        for (index, template) in templates.enumerated() {
            sites.append(
                ExpressionSite(
                    key: "run[\(index)]", mark: items[index].mark, expressions: template.expressions))
        }
        command = .program(templates)
    }

    /// Where in a list a script for a shell stands: behind `-c`, `-ec` and the like.
    private static func script(within templates: [Template]) -> Int? {
        let program = templates[0].literal?.split(separator: "/").last.map(String.init)
        guard let program, ["sh", "ash", "bash", "dash", "ksh", "zsh", "fish"].contains(program) else {
            return nil
        }
        let option = templates.firstIndex { template in
            guard let text = template.literal, text.hasPrefix("-"), !text.hasPrefix("--") else {
                return false
            }
            return text.contains("c")
        }
        return option.flatMap { $0 + 1 < templates.count ? $0 + 1 : nil }
    }
}
