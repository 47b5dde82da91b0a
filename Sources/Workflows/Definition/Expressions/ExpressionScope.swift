import Configuration

/// What an expression may ask for where it stands; says of a path that is not there what is.
struct ExpressionScope {
    static let facts = ["id", "workflow", "requirement", "test_mode"]

    var inputs: [String]
    /// Every phase of the file.
    var phases: [String] = []
    /// Those that are sure to be over: needed by this phase, or by what it needs.
    var before: Set<String> = []
    /// Those that this phase names itself; nil where no phase is.
    var needs: [String]?
    /// How the phases before have ended can be asked in `if:` only.
    var hasStatus = false

    /// What is wrong with `expression` here, once for each path.
    func complaints(about expression: Expression) -> [String] {
        var complaints = expression.paths.compactMap(complaint)
        if !hasStatus, expression.asksForStatus {
            complaints.append("`success()` and its kin can be asked in `if:` only")
        }
        return complaints
    }

    private func complaint(about path: [String]) -> String? {
        let whole = path.joined(separator: ".")
        switch path.first {
        case "inputs":
            guard path.count == 2 else { return "`\(whole)`: write `inputs.NAME`" }
            if inputs.contains(path[1]) { return nil }
            return "`\(whole)`: there is no input `\(path[1])`" + hint(path[1], inputs, "under `inputs:`")
        case "task":
            if path.count == 2, Self.facts.contains(path[1]) { return nil }
            return "`\(whole)`: write one of \(Self.facts.map { "`task.\($0)`" }.joined(separator: ", "))"
        case "phases": return phase(path, whole, isBefore: before.contains)
        case "needs":
            return phase(path, whole) { needs?.contains($0) == true }
        default:
            let roots = ["inputs", "phases", "needs", "task"]
            let meant = Suggestion.phrase(for: path[0], among: roots)
            let known = meant.isEmpty ? ": write `inputs.…`, `phases.…`, `needs.…` or `task.…`" : meant
            return "`\(whole)` is not known" + known + "; texts stand in single quotes"
        }
    }

    private func phase(_ path: [String], _ whole: String, isBefore: (String) -> Bool) -> String? {
        let isOutput = path.count == 4 && path[2] == "outputs"
        let isResult = path.count == 3 && path[2] == "result" && path[0] == "needs"
        guard isOutput || isResult else {
            return path[0] == "needs"
                ? "`\(whole)`: write `needs.NAME.result` or `needs.NAME.outputs.KEY`"
                : "`\(whole)`: write `phases.NAME.outputs.KEY`"
        }
        let name = path[1]
        guard needs != nil else { return "`\(whole)`: no phase has ended yet here; ask in a phase" }
        guard phases.contains(name) else {
            return "`\(whole)`: there is no phase `\(name)`" + hint(name, phases, "under `phases:`")
        }
        return isBefore(name)
            ? nil : "`\(whole)`: `\(name)` need not be over by then; name it under this phase's `needs:`"
    }

    private func hint(_ name: String, _ known: [String], _ place: String) -> String {
        let meant = Suggestion.phrase(for: name, among: known)
        return meant.isEmpty ? " \(place)" : meant
    }
}
