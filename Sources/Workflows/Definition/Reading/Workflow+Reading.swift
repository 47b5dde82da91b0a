package import Configuration

extension Workflow {
    /// Makes a workflow of a file, or nothing: then all that is wrong with it has been noted.
    ///
    /// - Parameter name: what it is called where the file does not say.
    package static func read(
        _ bytes: [UInt8], file: String, name: String, noting mistakes: Mistakes
    ) -> Workflow? {
        let own = Mistakes()
        let workflow = YAMLNode.read(bytes, file: file, noting: own).flatMap { root in
            YAMLFields.read(root, of: file, noting: own) { Workflow($0, name: name) }
        }
        guard own.isEmpty else {
            for mistake in own.inOrder { mistakes.note(mistake.origin, mistake.key, mistake.what) }
            return nil
        }
        return workflow
    }

    /// Anything from a moment to a month.
    static let durations: ClosedRange<Duration> = .milliseconds(100) ... .days(30)

    private init(_ fields: YAMLFields, name standard: String) {
        let given = fields.value("name", .name)
        if fields.entry("name") == nil, !WorkflowName.isName(standard) {
            fields.reject("name", "is missing, and the file's name \(WorkflowName.complaint)")
        }
        name = given ?? standard
        title = fields.value("title", .title, default: name)
        description = fields.value("description", .prose, default: "")
        inputs = WorkflowInput.read(fields)
        maxDuration = fields.value("max_duration", .duration(Self.durations))
        concurrency = fields.value("concurrency", .integer(1...10_000))
        let common = EnvironmentReader(fields)
        let scope = ExpressionScope(inputs: inputs.map(\.name))
        for site in common.sites { site.check(in: scope, noting: fields) }
        environment = common.templates
        secrets = fields.value("secrets", .oneOrMore(of: .variable), default: [])
        if Set(secrets).count < secrets.count { fields.reject("secrets", "names one of them twice") }
        onInterrupt = fields.value("on_interrupt", .choice(), default: .fail)
        phases = PhaseReader.read(fields, inputs: scope.inputs)
    }
}
