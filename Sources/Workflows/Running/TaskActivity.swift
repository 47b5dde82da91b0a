package import Loop

/// What a task that runs is doing, as far as that can be seen.
package struct TaskActivity: Equatable, Sendable {
    /// The kernel has a process of one of its phases.
    package var isProcessActive: Bool
    /// Nil where there is no process: not yet, no longer, or between two attempts.
    package var text: String?

    package init(isProcessActive: Bool = false, text: String? = nil) {
        self.isProcessActive = isProcessActive
        self.text = text
    }

    /// Of several phases, the one that says most of how the task is: somebody is waited for, there is a flood, it goes
    /// on, and only where all are silent, silence, that of the last word.
    package init(of activities: [PhaseActivity], isProcessActive: Bool, at now: Instant) {
        self.isProcessActive = isProcessActive
        var (isWaiting, isFlooding, isRunning) = (false, false, false)
        var lastWord: Instant?
        for activity in activities {
            switch activity {
            case .none: break
            case .running: isRunning = true
            case .waitingForInput: isWaiting = true
            case .flooding: isFlooding = true
            case .silent(let since): lastWord = max(lastWord ?? since, since)
            }
        }
        text =
            isWaiting
            ? "waiting for input"
            : isFlooding ? "flooding" : isRunning ? "running" : lastWord.map { Self.silence(now - $0) }
    }

    /// In steps, so that it does not change with every look.
    private static func silence(_ span: Duration) -> String {
        "silent for \(span.components.seconds / 30 * 30) s"
    }
}

extension TaskRun {
    /// Looks at its processes.
    func activity(on loop: isolated EventLoop) async -> TaskActivity {
        var activities: [PhaseActivity] = []
        for run in Array(phaseRuns.values) { activities.append(await run.activity(on: loop)) }
        return TaskActivity(
            of: activities, isProcessActive: phaseRuns.values.contains(where: \.isProcessActive),
            at: loop.clock.now)
    }
}
