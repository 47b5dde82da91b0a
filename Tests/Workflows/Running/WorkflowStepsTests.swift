import JSONCoding
import Loop
import Testing

@testable import Workflows

@Suite struct WorkflowStepsTests {
    private static func phase(
        _ name: String, needs: [String] = [], if condition: Expression? = nil, continues: Bool = false
    ) -> Phase {
        Phase(
            name: name, title: name, command: .script("true"), needs: needs,
            condition: condition.map(Condition.init), timeout: nil, retries: nil, workingDirectory: nil,
            environment: [:], continueOnError: continues, artifacts: [], takesInput: false)
    }

    private static func task(_ phases: [Phase]) -> (Workflow, TaskRecord) {
        let workflow = Workflow(
            name: "w", title: "", description: "", inputs: [], maxDuration: nil, concurrency: nil,
            environment: [:], secrets: [], onInterrupt: .fail, phases: phases)
        let task = TaskRecord(
            id: .make(), workflow: "w", title: "", requirement: "", inputs: [:], priority: 0, testMode: false,
            maxDuration: 1, origin: .person, owner: nil, retryOf: nil,
            phases: phases.map { PhaseRecord(name: $0.name, title: $0.title, needs: $0.needs) },
            createdAt: Timestamp(milliseconds: 0))
        return (workflow, task)
    }

    /// Takes a task to its end; each phase ends as `ends` says, by default well.
    private static func run(
        _ phases: [Phase], _ ends: [String: PhaseRecord.Status] = [:]
    ) -> (begun: [String], phases: [PhaseRecord], outcome: TaskOutcome?) {
        var (workflow, task) = task(phases)
        var begun: [String] = []
        while true {
            let steps = workflow.steps(in: task)
            if steps.isEmpty { return (begun, task.phases, workflow.outcome(of: task)) }
            for step in steps {
                switch step {
                case .begin(let index):
                    begun.append(phases[index].name)
                    task.phases[index].status = ends[phases[index].name] ?? .succeeded
                    task.phases[index].text = "exit status 1"
                case .skip(let index, let why):
                    task.phases[index].status = .skipped
                    task.phases[index].text = why
                }
            }
        }
    }

    @Test func phasesBeginWhenAllTheyNeedIsDone() {
        var (workflow, task) = Self.task([
            Self.phase("a"), Self.phase("b", needs: ["a"]), Self.phase("c", needs: ["a"]),
            Self.phase("d", needs: ["b", "c"]),
        ])
        #expect(workflow.steps(in: task) == [.begin(0)])
        task.phases[0].status = .running
        #expect(workflow.steps(in: task) == [])
        task.phases[0].status = .succeeded
        #expect(workflow.steps(in: task) == [.begin(1), .begin(2)])
        task.phases[1].status = .succeeded
        task.phases[2].status = .retrying
        #expect(workflow.steps(in: task) == [])
        task.phases[2].status = .succeeded
        #expect(workflow.steps(in: task) == [.begin(3)])
        #expect(workflow.outcome(of: task) == nil)
        task.phases[3].status = .succeeded
        #expect(workflow.outcome(of: task)?.status == .succeeded)
    }

    @Test func whatNeedsAFailedPhaseIsSkippedDownTheLine() {
        let (begun, phases, outcome) = Self.run(
            [
                Self.phase("a"), Self.phase("b", needs: ["a"]), Self.phase("c", needs: ["b"]),
                Self.phase("other"),
            ], ["a": .failed])
        #expect(begun == ["a", "other"])
        #expect(phases.map(\.status) == [.failed, .skipped, .skipped, .succeeded])
        #expect(phases[1].text == "a did not succeed")
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

    @Test func pausesGrowUpToTheLongest() {
        let retries = Phase.Retries(count: 4, delay: .seconds(1), factor: 3, longest: .seconds(10))
        #expect(
            (1...6).map { retries.pause(before: $0) } == [
                nil, .seconds(1), .seconds(3), .seconds(9), .seconds(10), nil,
            ])
    }
}
