import Loop
import Sessions

/// The phases of a task, from the first to the last.
extension TaskRun {
    /// Begins what can begin, and ends the task when nothing more is to come.
    func proceed(on loop: isolated EventLoop) {
        guard outcome == nil, let workflow else { return }
        while true {
            let steps = workflow.steps(in: record)
            if steps.isEmpty { break }
            for step in steps { take(step, on: loop) }
        }
        changed(on: loop)
        if let outcome = workflow.outcome(of: record) {
            settle(outcome, on: loop)
        } else if !record.phases.contains(where: { $0.status == .running || $0.status == .retrying }) {
            let waiting = record.phases.filter { !$0.status.isOver }.map(\.name).joined(separator: ", ")
            settle(
                TaskOutcome(
                    .failed, .stuck, "Nothing runs, nothing can begin, and these are not done: \(waiting)."),
                on: loop)
        }
    }

    private func take(_ step: PhaseStep, on loop: isolated EventLoop) {
        switch step {
        case .begin(let index):
            record.phases[index].status = .running
            record.phases[index].startedAt = .now
            supervisor?.spawn(on: loop) { await self.perform(index, on: loop) }
        case .skip(let index, let why):
            record.phases[index].status = .skipped
            record.phases[index].text = why
            record.phases[index].endedAt = .now
        }
    }

    /// One phase with all its attempts.
    private func perform(_ index: Int, on loop: isolated EventLoop) async {
        guard let phase = workflow?.phases[index] else { return }
        while outcome == nil {
            record.phases[index].attempt += 1
            record.phases[index].status = .running
            changed(on: loop)
            await storedAsRunning()
            if outcome != nil { break }
            let failure = await attempt(phase, at: index, on: loop)
            if outcome != nil { break }
            guard let failure else { return conclude(index, .succeeded, nil, on: loop) }
            record.phases[index].lastError = failure
            guard let pause = phase.retries?.pause(before: record.phases[index].attempt + 1) else {
                return conclude(index, .failed, failure, on: loop)
            }
            record.phases[index].status = .retrying
            record.phases[index].text = failure
            say(.warning, phase.name, "\(failure); trying again in \(pause)", on: loop)
            changed(on: loop)
            await loop.sleep(until: loop.now + pause)
        }
        conclude(index, .cancelled, nil, on: loop)
    }

    private func conclude(
        _ index: Int, _ status: PhaseRecord.Status, _ text: String?, on loop: isolated EventLoop
    ) {
        record.phases[index].status = status
        record.phases[index].endedAt = .now
        if let text { record.phases[index].text = text }
        if status == .succeeded, record.phases[index].progress != nil { record.phases[index].progress = 100 }
        proceed(on: loop)
    }

    /// What the server says of a phase, among its lines.
    func say(_ level: TaskEvent.Level, _ phase: String?, _ text: String, on loop: isolated EventLoop) {
        journal.say(TaskEvent(.system, level, phase: phase, text), on: loop)
    }
}
