extension Workflow {
    /// What the expressions of `phase` see in `task` as it stands. The phases that it needs are over.
    package func context(for phase: Phase, in task: TaskRecord) -> ExpressionContext {
        var context = context(in: task)
        let records = Dictionary(task.phases.map { ($0.name, $0) }) { first, _ in first }
        let plan = PhasePlan(phases.map { (name: $0.name, needs: $0.needs) })
        let forgiven = Set(phases.filter(\.continueOnError).map(\.name))
        for name in plan.before(phase.name) {
            guard let record = records[name] else { continue }
            context.anyFailed = context.anyFailed || (record.status == .failed && !forgiven.contains(name))
            for (key, value) in record.outputs {
                context.values["phases.\(name).outputs.\(key)"] = .text(value)
                if phase.needs.contains(name) {
                    context.values["needs.\(name).outputs.\(key)"] = .text(value)
                }
            }
        }
        for name in phase.needs {
            guard let status = records[name]?.status else { continue }
            context.values["needs.\(name).result"] = status.result.map(ExpressionValue.text)
            let isFine = status == .succeeded || (status == .failed && forgiven.contains(name))
            context.needsSucceeded = context.needsSucceeded && isFine
        }
        return context
    }

    /// What the expressions under the workflow's own `env` see: the inputs, and the task itself.
    private func context(in task: TaskRecord) -> ExpressionContext {
        var values: [String: ExpressionValue] = [
            "task.id": .text(task.id.text), "task.workflow": .text(task.workflow),
            "task.requirement": .text(task.requirement), "task.test_mode": .flag(task.testMode),
        ]
        for (name, value) in task.inputs { values["inputs.\(name)"] = ExpressionValue(value) }
        return ExpressionContext(values: values, isCancelled: task.isCancelling)
    }
}

extension Phase {
    /// Whether it runs, once all that it needs is over; else it is skipped.
    package func isWanted(in context: ExpressionContext) -> Bool {
        condition?.holds(in: context) ?? context.needsSucceeded
    }
}

extension ExpressionValue {
    init(_ value: InputValue) {
        self =
            switch value {
            case .text(let text): .text(text)
            case .number(let number): .number(number)
            case .flag(let flag): .flag(flag)
            }
    }
}

extension PhaseRecord.Status {
    /// How `needs.NAME.result` says that a phase has ended, with the words of GitHub; nil while it has not.
    package var result: String? {
        switch self {
        case .blocked, .ready, .running, .retrying: nil
        case .succeeded: "success"
        case .failed: "failure"
        case .skipped: "skipped"
        case .cancelled: "cancelled"
        }
    }
}
