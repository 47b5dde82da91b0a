package import Loop

/// What a phase is doing, as far as that can be seen.
package enum PhaseActivity: Equatable, Sendable {
    /// There is no process: not yet, or no longer.
    case none
    case running
    /// It has said nothing since then.
    case silent(since: Instant)
    /// A process of it waits for what people send.
    case waitingForInput
    /// It says so many lines each second.
    case flooding(linesPerSecond: Int)
}

extension PhaseRun {
    /// From then on no word is silence.
    package static let silence = Duration.seconds(30)
    /// From then on it is a flood, in lines each second.
    package static let flood = 1_000

    /// Looks at its processes, where it takes input, on another thread.
    package func activity(on loop: isolated EventLoop) async -> PhaseActivity {
        guard isProcessActive, let child else { return .none }
        if let pipe = input?.pipe,
            await child.isAwaitingInput(from: pipe, until: loop.clock.now + .seconds(2), on: loop)
        {
            return .waitingForInput
        }
        guard self.child != nil else { return .none }
        let now = loop.clock.now
        let rate = linesPerSecond(at: now)
        if rate > Self.flood { return .flooding(linesPerSecond: rate) }
        return now - lastWord >= Self.silence ? .silent(since: lastWord) : .running
    }

    /// Whether the kernel has its first process.
    package var isProcessActive: Bool { child?.signal(0) ?? false }
}
