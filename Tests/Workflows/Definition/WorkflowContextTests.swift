import Loop
import Testing
import Workflows

@Suite struct WorkflowContextTests {
    private let workflow = readWorkflow(
        """
        inputs: {my-name: {default: x}, count: {type: number}}
        phases:
          first: {run: a}
          allowed: {run: a, needs: first, continue_on_error: true}
          last:
            needs: allowed
            run: [a, "${{ inputs.count }} ${{ task.requirement }} ${{ task.test_mode }} ${{ task.id }}",
                  "${{ needs.allowed.result }} ${{ needs.allowed.outputs.k }} ${{ phases.first.outputs.k }}"]
            if: inputs.count == 3
        """
    ).workflow

    private func task(
        first: PhaseRecord.Status, allowed: PhaseRecord.Status
    ) throws -> (workflow: Workflow, task: TaskRecord) {
        let workflow = try #require(workflow)
        var phases = workflow.phases.map { PhaseRecord(name: $0.name, title: $0.title, needs: $0.needs) }
        (phases[0].status, phases[0].outputs) = (first, ["k": "1"])
        (phases[1].status, phases[1].outputs) = (allowed, ["k": "2"])
        let task = TaskRecord(
            id: .make(), workflow: workflow.name, title: "t", requirement: "do it",
            inputs: ["my-name": .text("Ada"), "count": .number(3)], priority: 0, testMode: true,
            maxDuration: 1, origin: .person, owner: nil, retryOf: nil, phases: phases,
            createdAt: Timestamp(milliseconds: 0))
        return (workflow, task)
    }

    @Test func expressionsSeeTheTaskAndWhatIsOver() throws {
        let (workflow, task) = try task(first: .succeeded, allowed: .failed)
        let last = workflow.phases[2]
        let context = workflow.context(for: last, in: task)
        guard case .program(let words) = last.command else { throw CancellationError() }
        #expect(
            words.map { $0.text(in: context) } == ["a", "3 do it true \(task.id)", "failure 2 1"])
        #expect(last.condition?.holds(in: context) == true)
    }

    @Test(arguments: [
        (PhaseRecord.Status.succeeded, PhaseRecord.Status.succeeded, true, false),
        (.succeeded, .failed, true, false),
        (.failed, .skipped, false, true), (.succeeded, .skipped, false, false),
        (.succeeded, .cancelled, false, false),
    ])
    func successAndFailureAreThoseOfThePhasesBefore(
        first: PhaseRecord.Status, allowed: PhaseRecord.Status, success: Bool, failure: Bool
    ) throws {
        let (workflow, task) = try task(first: first, allowed: allowed)
        let context = workflow.context(for: workflow.phases[2], in: task)
        #expect(context.needsSucceeded == success)
        #expect(workflow.phases[2].isWanted(in: context) == success)
        #expect(workflow.phases[0].isWanted(in: workflow.context(for: workflow.phases[0], in: task)))
        #expect(context.anyFailed == failure)
    }

    @Test func aPhaseFindsTheTaskInItsVariables() throws {
        let (_, task) = try task(first: .ready, allowed: .blocked)
        #expect(
            task.variables(of: "first", attempt: 2) == [
                "HOLDFAST_TASK_ID": task.id.text, "HOLDFAST_WORKFLOW": "w", "HOLDFAST_PHASE": "first",
                "HOLDFAST_ATTEMPT": "2", "HOLDFAST_REQUIREMENT": "do it", "HOLDFAST_TEST_MODE": "true",
                "HOLDFAST_INPUT_MY_NAME": "Ada", "HOLDFAST_INPUT_COUNT": "3",
            ])
    }
}
