/// What is to be done next in a task.
package enum PhaseStep: Equatable, Sendable {
    case begin(Int)
    /// It will not run; why, for people.
    case skip(Int, String)
}

/// Which phases of a task can begin, which never will, and how it ends when all are over. Decides, and performs
/// nothing. The task's phases are those of the workflow, in its order.
extension Workflow {
    /// What is to be done now. A phase that is skipped may decide about others: ask again until there is nothing.
    package func steps(in task: TaskRecord) -> [PhaseStep] {
        let records = Dictionary(task.phases.map { ($0.name, $0) }) { first, _ in first }
        return phases.indices.compactMap { index in
            let (phase, record) = (phases[index], task.phases[index])
            guard record.status == .blocked || record.status == .ready else { return nil }
            guard phase.needs.allSatisfy({ records[$0]?.status.isOver ?? true }) else { return nil }
            return step(for: phase, at: index, in: task)
        }
    }

    private func step(for phase: Phase, at index: Int, in task: TaskRecord) -> PhaseStep {
        let context = context(for: phase, in: task)
        if let condition = phase.condition {
            return condition.holds(in: context) ? .begin(index) : .skip(index, "its condition does not hold")
        }
        if context.needsSucceeded { return .begin(index) }
        let culprit = phase.needs.first { name in
            !zip(phases, task.phases).contains { $0.name == name && hasSucceeded($0, $1) }
        }
        return .skip(index, "\(culprit ?? "what it needs") did not succeed")
    }

    private func hasSucceeded(_ phase: Phase, _ record: PhaseRecord) -> Bool {
        record.status == .succeeded || (record.status == .failed && phase.continueOnError)
    }

    /// Those that need `phase`, by way of others too. Each stands behind those that it needs.
    func behind(_ phase: String) -> Set<String> {
        var behind: Set<String> = []
        for one in phases where one.needs.contains(where: { $0 == phase || behind.contains($0) }) {
            behind.insert(one.name)
        }
        return behind
    }

    /// How the task ends when every phase is over; nil before.
    package func outcome(of task: TaskRecord) -> TaskOutcome? {
        guard task.phases.allSatisfy(\.status.isOver) else { return nil }
        let failed = zip(phases, task.phases).filter { $1.status == .failed && !$0.continueOnError }.map(\.1)
        guard let first = failed.first else {
            return TaskOutcome(.succeeded, .completed, "Every phase is done.")
        }
        return TaskOutcome(
            .failed, .phaseFailed,
            "Phase \(first.name) failed: \(first.text ?? "it did not say why")"
                + (failed.count > 1 ? " (and \(failed.count - 1) more)." : "."))
    }
}

extension Phase.Retries {
    /// How long to wait before the attempt of this number, 2 for the second; nil when there is to be none.
    package func pause(before attempt: Int) -> Duration? {
        guard attempt >= 2, attempt - 1 <= count else { return nil }
        var pause = delay
        for _ in 2..<attempt where pause < longest { pause = pause * factor }
        return min(pause, longest)
    }
}
