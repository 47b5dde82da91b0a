import Loop

/// What one attempt at a phase tells its task: lines go to the journal as they come, figures and progress to the
/// record.
final class PhaseAttempt: PhaseObserver {
    private let index: Int
    private let task: TaskRun
    private let output: EventVoice
    private let errors: EventVoice
    private let name: String
    private var result: PhaseEnd?
    private var waiter: CheckedContinuation<PhaseEnd, Never>?

    /// So many names of figures a task may have; what comes with further ones is left out.
    private static let mostFigures = 64

    init(at index: Int, of task: TaskRun) {
        self.index = index
        self.task = task
        name = task.record.phases[index].name
        output = EventVoice(.stdout, phase: name)
        errors = EventVoice(.stderr, phase: name)
    }

    /// Waits for its end. Cancelling does not cut it short: whoever wants the end stops the phase, which has a
    /// deadline for everything.
    func end() async -> PhaseEnd {
        if let result { return result }
        return await withCheckedContinuation { waiter = $0 }
    }

    var isFull: Bool { task.isFull }

    func said(
        _ text: UnsafeRawBufferPointer, _ stream: TaskEvent.Stream, _ level: TaskEvent.Level, isCut: Bool,
        by phase: PhaseRun, on loop: isolated EventLoop
    ) {
        let voice =
            switch (stream, level) {
            case (.stdout, .output): output
            case (.stderr, .output): errors
            default: EventVoice(stream, level, phase: name)
            }
        // Lent for the length of this call.
        unsafe task.journal.say(voice, text, isCut: isCut, on: loop)
        if level == .error {
            let sentence = unsafe String(decoding: text.prefix(500), as: UTF8.self)
            task.record.phases[index].text = sentence
            task.record.phases[index].lastError = sentence
            task.remarked(on: loop)
        }
    }

    func progressed(to percent: Double?, _ text: String, by phase: PhaseRun, on loop: isolated EventLoop) {
        if let percent { task.record.phases[index].progress = percent }
        if !text.isEmpty { task.record.phases[index].text = text }
        task.remarked(on: loop)
    }

    func used(_ figures: [String: Double], by phase: PhaseRun, on loop: isolated EventLoop) {
        for (name, figure) in figures {
            guard task.record.usage[name] != nil || task.record.usage.count < Self.mostFigures else {
                continue
            }
            task.record.usage[name, default: 0] += figure
        }
        task.remarked(on: loop)
    }

    func changed(_ state: [UInt8], by phase: PhaseRun, on loop: isolated EventLoop) {
        task.merge(state)
        task.remarked(on: loop)
    }

    func ended(_ end: PhaseEnd, _ phase: PhaseRun, on loop: isolated EventLoop) {
        result = end
        waiter?.resume(returning: end)
        waiter = nil
    }
}
