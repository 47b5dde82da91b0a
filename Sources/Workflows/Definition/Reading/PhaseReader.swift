import Configuration

/// Reads one phase. What depends on the other phases is checked when all have been read.
struct PhaseReader {
    /// More is no plan that a person can follow.
    static let most = 200

    let phase: Phase
    let fields: YAMLFields
    private var sites: [ExpressionSite] = []

    /// The phases of a file, each behind those that it needs, else in the order of the file.
    static func read(_ fields: YAMLFields, inputs: [String]) -> [Phase] {
        let readers = fields.named("phases") { entry, inner in
            if !WorkflowName.isName(entry.key) {
                fields.reject("phases.\(entry.key)", at: entry.keyMark, WorkflowName.complaint)
            }
            return PhaseReader(inner, name: entry.key)
        }
        if readers.isEmpty, fields.entry("phases").map({ $0.value.isEmpty }) ?? true {
            fields.reject("phases", "needs at least one phase: `NAME: { run: … }`")
        }
        guard readers.count <= most else {
            fields.reject(
                "phases", "has \(readers.count) phases: \(most) are allowed; make two workflows of it")
            return []
        }
        let plan = PhasePlan(readers.map { (name: $0.phase.name, needs: $0.phase.needs) })
        for reader in readers { reader.check(plan, inputs: inputs) }
        if let circle = plan.circle {
            let what =
                "goes round in a circle, `\(circle.joined(separator: " → "))`: take one of these needs out"
            readers.first { $0.phase.name == circle.first }?.fields.reject("needs", what)
        }
        return plan.order.map { readers[$0].phase }
    }

    private init(_ fields: YAMLFields, name: String) {
        self.fields = fields
        let environment = EnvironmentReader(fields)
        let run = PhaseCommandReader(fields)
        let folder = fields.value("working_directory", .template)
        let condition = fields.value("if", .condition)
        let artifacts = fields.value("artifacts", .oneOrMore(of: .template), default: [])
        phase = Phase(
            name: name,
            title: fields.value("title", .title, default: name),
            command: run.command,
            needs: fields.value("needs", .oneOrMore(of: .name), default: []),
            condition: condition,
            timeout: fields.value("timeout", .duration(Workflow.durations)),
            retries: Self.retries(fields),
            workingDirectory: folder,
            environment: environment.templates,
            continueOnError: fields.value("continue_on_error", .boolean, default: false),
            artifacts: artifacts,
            takesInput: fields.value("input", .boolean, default: false))
        sites = environment.sites + run.sites
        if let condition { add("if", [condition.expression], isCondition: true) }
        if let folder {
            add("working_directory", folder.expressions)
            checkPath("working_directory", folder, absolute: true)
        }
        for artifact in artifacts {
            add("artifacts", artifact.expressions)
            checkPath("artifacts", artifact, absolute: false)
        }
    }

    private mutating func add(_ key: String, _ expressions: [Expression], isCondition: Bool = false) {
        let mark = fields.entry(key)?.value.mark ?? fields.mark
        sites.append(
            ExpressionSite(key: key, mark: mark, expressions: expressions, isCondition: isCondition))
    }

    private func checkPath(_ key: String, _ path: Template, absolute: Bool) {
        guard let complaint = path.complaint(absolute: absolute) else { return }
        fields.reject(key, (path.literal.map { "`\($0)` " } ?? "") + complaint.description)
    }

    /// A number, or a mapping that says more.
    private static func retries(_ fields: YAMLFields) -> Phase.Retries? {
        guard let entry = fields.entry("retries") else { return nil }
        let counts = ValueKind<Int>.integer(0...100)
        var retries = Phase.Retries(count: 0, delay: .seconds(1), factor: 2, longest: .seconds(60))
        if case .mapping = entry.value.content {
            _ = fields.mapping("retries") { inner in
                retries.count = inner.required("count", counts)
                let pauses: ClosedRange<Duration> = .zero ... .days(1)
                retries.delay = inner.value("delay", .duration(pauses), default: retries.delay)
                retries.factor = inner.value("factor", .decimal(1...100), default: retries.factor)
                retries.longest = inner.value(
                    "longest", .duration(pauses), default: max(retries.longest, retries.delay))
                if retries.longest < retries.delay {
                    inner.reject("longest", "is shorter than the first pause, `delay`")
                }
            }
        } else {
            retries.count = fields.value("retries", counts, default: 0)
        }
        return retries.count > 0 ? retries : nil
    }

    /// Notes needs that do not exist, and expressions that ask for what is not there.
    private func check(_ plan: PhasePlan, inputs: [String]) {
        if Set(phase.needs).count < phase.needs.count { fields.reject("needs", "names a phase twice") }
        // More than there can be phases: the rest are mistakes like the first of them.
        for need in phase.needs.prefix(Self.most) where !plan.names.contains(need) {
            let meant = Suggestion.phrase(for: need, among: plan.names)
            fields.reject("needs", "there is no phase `\(need)`\(meant)")
        }
        let scope = ExpressionScope(
            inputs: inputs, phases: plan.names, before: plan.before(phase.name), needs: phase.needs)
        for site in sites { site.check(in: scope, noting: fields) }
    }
}

extension YAMLNode {
    fileprivate var isEmpty: Bool {
        if case .mapping(let entries) = content { entries.isEmpty } else { isNull }
    }
}
