import Testing

@testable import Workflows

@Suite struct PhasePlanTests {
    private static func phase(
        _ name: String, needs: [String] = [], if condition: Expression? = nil, continues: Bool = false
    ) -> Phase {
        Phase(
            name: name, title: name, command: .script("true"), needs: needs,
            condition: condition.map(Condition.init), timeout: nil, retries: nil, workingDirectory: nil,
            environment: [:], continueOnError: continues, artifacts: [], takesInput: false)
    }

    /// Runs a plan to its end; each phase ends as `ends` says, by default well.
    private static func run(
        _ phases: [Phase], _ ends: [String: PhaseRecord.Status] = [:]
    ) -> (begun: [String], records: [PhaseRecord], outcome: TaskOutcome?) {
        let plan = PhasePlan(phases)
        var records = phases.map { PhaseRecord(name: $0.name, title: $0.title, needs: $0.needs) }
        var begun: [String] = []
        while true {
            let steps = plan.steps(records, values: [:])
            if steps.isEmpty { break }
            for step in steps {
                switch step {
                case .begin(let index):
                    begun.append(phases[index].name)
                    records[index].status = ends[phases[index].name] ?? .succeeded
                    records[index].text = "exit status 1"
                case .skip(let index, let why):
                    records[index].status = .skipped
                    records[index].text = why
                }
            }
        }
        return (begun, records, plan.outcome(records))
    }

    @Test func phasesBeginWhenAllTheyNeedIsDone() {
        let diamond = [
            Self.phase("a"), Self.phase("b", needs: ["a"]), Self.phase("c", needs: ["a"]),
            Self.phase("d", needs: ["b", "c"]),
        ]
        let plan = PhasePlan(diamond)
        var records = diamond.map { PhaseRecord(name: $0.name, title: "", needs: $0.needs) }
        #expect(plan.steps(records, values: [:]) == [.begin(0)])
        records[0].status = .running
        #expect(plan.steps(records, values: [:]) == [])
        records[0].status = .succeeded
        #expect(plan.steps(records, values: [:]) == [.begin(1), .begin(2)])
        records[1].status = .succeeded
        records[2].status = .retrying
        #expect(plan.steps(records, values: [:]) == [])
        records[2].status = .succeeded
        #expect(plan.steps(records, values: [:]) == [.begin(3)])
        #expect(plan.outcome(records) == nil)
        records[3].status = .succeeded
        #expect(plan.outcome(records)?.status == .succeeded)
    }

    @Test func whatNeedsAFailedPhaseIsSkippedDownTheLine() {
        let (begun, records, outcome) = Self.run(
            [
                Self.phase("a"), Self.phase("b", needs: ["a"]), Self.phase("c", needs: ["b"]),
                Self.phase("other"),
            ], ["a": .failed])
        #expect(begun == ["a", "other"])
        #expect(records.map(\.status) == [.failed, .skipped, .skipped, .succeeded])
        #expect(records[1].text == "a did not succeed")
        #expect(outcome?.reason == .phaseFailed)
        #expect(outcome?.sentence == "Phase a failed: exit status 1.")
    }

    @Test func aForgivenFailureStopsNothing() {
        let (begun, _, outcome) = Self.run(
            [Self.phase("a", continues: true), Self.phase("b", needs: ["a"])], ["a": .failed])
        #expect(begun == ["a", "b"])
        #expect(outcome?.status == .succeeded)
    }

    @Test func conditionsAskHowThingsWent() {
        let phases = [
            Self.phase("a"), Self.phase("onFailure", needs: ["a"], if: .call(.failure)),
            Self.phase("always", needs: ["a"], if: .call(.always)),
            Self.phase("never", if: .literal(.flag(false))),
            Self.phase("behindNever", needs: ["never"]),
            // It does not ask how `a` went, so it wants it to have succeeded.
            Self.phase("plain", needs: ["a"], if: .literal(.flag(true))),
        ]
        #expect(Self.run(phases).begun == ["a", "always", "plain"])
        #expect(Self.run(phases, ["a": .failed]).begun == ["a", "onFailure", "always"])
    }

    @Test func anExpressionSeesTheOutputsOfWhatItNeeds() {
        let phases = [
            Self.phase("a"),
            Self.phase(
                "b", needs: ["a"],
                if: .equal(.path(["phases", "a", "outputs", "kind"]), .literal(.text("release")))),
        ]
        let plan = PhasePlan(phases)
        var records = phases.map { PhaseRecord(name: $0.name, title: "", needs: $0.needs) }
        records[0].status = .succeeded
        #expect(plan.steps(records, values: [:]) == [.skip(1, "its condition does not hold")])
        records[0].outputs["kind"] = "release"
        #expect(plan.steps(records, values: [:]) == [.begin(1)])
    }

    @Test func pausesGrowUpToTheLongest() {
        let retries = Phase.Retries(count: 4, delay: .seconds(1), factor: 3, longest: .seconds(10))
        #expect(
            (1...6).map { retries.pause(before: $0) } == [
                nil, .seconds(1), .seconds(3), .seconds(9), .seconds(10), nil,
            ])
    }
}
