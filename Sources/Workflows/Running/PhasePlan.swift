/// Which phases of a task can begin, which never will, and how it ends when all are over. Decides, and performs
/// nothing.
package struct PhasePlan: Sendable {
    package enum Step: Equatable, Sendable {
        case begin(Int)
        /// It will not run; why, for people.
        case skip(Int, String)
    }

    private let phases: [Phase]
    private let places: [String: Int]
    /// Those that each phase needs, and those that these need.
    private let ancestors: [Set<Int>]

    /// - Parameter phases: each behind those that it needs.
    package init(_ phases: [Phase]) {
        self.phases = phases
        let places = Dictionary(uniqueKeysWithValues: phases.enumerated().map { ($1.name, $0) })
        var ancestors: [Set<Int>] = []
        for phase in phases {
            let needs = phase.needs.compactMap { places[$0] }
            ancestors.append(needs.reduce(into: Set(needs)) { $0.formUnion(ancestors[$1]) })
        }
        self.places = places
        self.ancestors = ancestors
    }

    /// What is to be done now. A phase that is skipped may decide about others: ask again until there is nothing.
    ///
    /// - Parameter values: what expressions may ask for beside the phases.
    package func steps(_ records: [PhaseRecord], values: [String: ExpressionValue]) -> [Step] {
        records.indices.compactMap { index in
            guard records[index].status == .blocked || records[index].status == .ready else { return nil }
            let needs = needs(of: index)
            guard needs.allSatisfy({ records[$0].status.isOver }) else { return nil }
            return step(index, needs, records, values)
        }
    }

    private func step(
        _ index: Int, _ needs: [Int], _ records: [PhaseRecord], _ values: [String: ExpressionValue]
    ) -> Step {
        let context = context(for: index, records, values: values)
        guard let condition = phases[index].condition else {
            if context.needsSucceeded { return .begin(index) }
            let culprit = needs.first { !hasSucceeded($0, records) }.map { records[$0] }
            return .skip(
                index, culprit.map { "\($0.name) did not succeed" } ?? "what it needs did not succeed")
        }
        return condition.holds(in: context) ? .begin(index) : .skip(index, "its condition does not hold")
    }

    /// What the expressions of a phase are about.
    package func context(
        for index: Int, _ records: [PhaseRecord], values: [String: ExpressionValue]
    ) -> ExpressionContext {
        var values = values
        for place in ancestors[index] {
            let record = records[place]
            for prefix in ["phases", "needs"] {
                values["\(prefix).\(record.name).result"] = .text(record.status.rawValue)
                for (key, text) in record.outputs {
                    values["\(prefix).\(record.name).outputs.\(key)"] = .text(text)
                }
            }
        }
        return ExpressionContext(
            values: values, needsSucceeded: needs(of: index).allSatisfy { hasSucceeded($0, records) },
            anyFailed: ancestors[index].contains { hasFailed($0, records) })
    }

    private func needs(of index: Int) -> [Int] { phases[index].needs.compactMap { places[$0] } }

    private func hasSucceeded(_ index: Int, _ records: [PhaseRecord]) -> Bool {
        records[index].status == .succeeded || isForgiven(index, records)
    }

    private func hasFailed(_ index: Int, _ records: [PhaseRecord]) -> Bool {
        records[index].status == .failed && !isForgiven(index, records)
    }

    private func isForgiven(_ index: Int, _ records: [PhaseRecord]) -> Bool {
        records[index].status == .failed && phases[index].continueOnError
    }

    /// How the task ends when every phase is over; nil before.
    package func outcome(_ records: [PhaseRecord]) -> TaskOutcome? {
        guard records.allSatisfy(\.status.isOver) else { return nil }
        guard let failed = records.indices.first(where: { hasFailed($0, records) }) else {
            return TaskOutcome(.succeeded, .completed, "Every phase is done.")
        }
        let record = records[failed]
        let more = records.indices.filter { hasFailed($0, records) }.count - 1
        return TaskOutcome(
            .failed, .phaseFailed,
            "Phase \(record.name) failed: \(record.text ?? "it did not say why")"
                + (more > 0 ? " (and \(more) more)." : "."))
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
