import Loop

extension TaskRecord {
    /// It is over: whatever of it was not, is with it.
    mutating func end(as outcome: TaskOutcome, at time: Timestamp) {
        status = outcome.status
        reason = outcome.reason
        sentence = outcome.sentence
        endedAt = time
        for index in phases.indices where !phases[index].status.isOver {
            phases[index].status = phases[index].startedAt == nil ? .skipped : .cancelled
            if phases[index].startedAt != nil { phases[index].endedAt = time }
        }
    }

    /// Its phases are those of the workflow, which may have changed since the task was submitted.
    mutating func fit(to workflow: Workflow) {
        let phases = workflow.phases.map { PhaseRecord(name: $0.name, title: $0.title, needs: $0.needs) }
        let isSame =
            self.phases.map(\.name) == phases.map(\.name) && self.phases.map(\.needs) == phases.map(\.needs)
        if !isSame { self.phases = phases }
    }

    /// It waits, and some of its phases are done: it was submitted to go on where another task ended.
    var goesOn: Bool { status == .pending && phases.contains { $0.status == .succeeded } }

    /// Takes over from `old` what need not be done again to go on from `phase`: what succeeded and does not stand
    /// behind it.
    mutating func goOn(from phase: String, of old: TaskRecord, in workflow: Workflow) {
        let behind = workflow.behind(phase)
        for index in phases.indices where phases[index].name != phase && !behind.contains(phases[index].name)
        {
            let before = old.phases.first { $0.name == phases[index].name && $0.needs == phases[index].needs }
            if let before, before.status == .succeeded { phases[index] = before }
        }
    }

    /// It stands in the line again, as if it had never begun.
    mutating func beginAnew() {
        status = .pending
        startedAt = nil
        phases = phases.map { PhaseRecord(name: $0.name, title: $0.title, needs: $0.needs) }
        usage = [:]
        killed = 0
        isCancelling = false
    }
}
