import Workflows

extension TaskRecord {
    var phasesDone: Int { phases.count { $0.status.isOver } }

    /// In whole hundredths: each phase counts the same, one that runs by what it says of itself. Of a task that did
    /// not succeed, as far as it came.
    var progress: Int {
        if status == .succeeded || phases.isEmpty { return status == .succeeded ? 100 : 0 }
        let sum = phases.reduce(0.0) { sum, phase in
            switch phase.status {
            case .succeeded: sum + 100
            case .skipped: sum + (status.isOver ? 0 : 100)
            case .failed: sum + (status.isOver ? 0 : 100)
            case .running, .retrying, .cancelled: sum + min(max(phase.progress ?? 0, 0), 100)
            case .blocked, .ready: sum
            }
        }
        return Int(sum / Double(phases.count))
    }

    /// The last error of the phase that had one last.
    var lastError: String? { phases.last { $0.lastError != nil }?.lastError }
}
