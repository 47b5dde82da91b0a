/// The variables that every phase finds in its environment, and what workflows therefore cannot set.
package enum TaskVariable: String, CaseIterable, Sendable {
    case task = "HOLDFAST_TASK_ID"
    case workflow = "HOLDFAST_WORKFLOW"
    case phase = "HOLDFAST_PHASE"
    /// 1 for the first.
    case attempt = "HOLDFAST_ATTEMPT"
    case requirement = "HOLDFAST_REQUIREMENT"
    /// `true` or `false`.
    case testMode = "HOLDFAST_TEST_MODE"
    /// The file for `key=value` lines.
    case output = "HOLDFAST_OUTPUT"
    /// The file for a JSON document.
    case state = "HOLDFAST_STATE"
    /// The pipe for commands where standard output is not at hand.
    case events = "HOLDFAST_EVENTS"
    /// How the server marks what it started.
    case session = "HOLDFAST_SESSION"

    private static let inputs = "HOLDFAST_INPUT_"

    /// Where a phase finds the input `name`: `HOLDFAST_INPUT_NAME`.
    package static func input(_ name: String) -> String {
        inputs + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }

    /// Whether a workflow cannot set it, because Holdfast does.
    package static func isReserved(_ name: String) -> Bool {
        name.hasPrefix(inputs) || TaskVariable(rawValue: name) != nil
    }

    /// The variable with the value of a path, where there is one.
    static func variable(for path: [String]) -> String? {
        guard path.count == 2 else { return nil }
        return switch (path[0], path[1]) {
        case ("inputs", let name): input(name)
        case ("task", "id"): task.rawValue
        case ("task", "workflow"): workflow.rawValue
        case ("task", "requirement"): requirement.rawValue
        case ("task", "test_mode"): testMode.rawValue
        default: nil
        }
    }
}

extension TaskRecord {
    /// The variables that a phase gets for the task and its inputs; those for its files come with the files.
    package func variables(of phase: String, attempt: Int) -> [String: String] {
        let facts: [TaskVariable: String] = [
            .task: id.text, .workflow: workflow, .phase: phase, .attempt: "\(attempt)",
            .requirement: requirement, .testMode: InputValue.flag(testMode).text,
        ]
        var variables = Dictionary(uniqueKeysWithValues: facts.map { ($0.rawValue, $1) })
        for (name, value) in inputs { variables[TaskVariable.input(name)] = value.text }
        return variables
    }
}
