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
