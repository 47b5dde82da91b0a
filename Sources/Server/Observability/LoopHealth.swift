package import Loop

/// Whether the loops come round.
package struct LoopHealth: Sendable {
    private let loops: [EventLoop]
    private let patience: Duration

    /// - Parameter patience: how long a loop may be busy without coming round.
    package init(_ loops: [EventLoop], patience: Duration = .seconds(2)) {
        self.loops = loops
        self.patience = patience
    }

    /// What is wrong, a sentence for each loop. It looks at the pulses and asks nobody, so that questions never
    /// pile up in front of a loop that is held.
    package func troubles() -> [String] {
        loops.compactMap { loop in
            guard let since = loop.pulse.busyFrom else { return nil }
            let span = loop.clock.now - since
            guard span > patience else { return nil }
            return "\(loop.name) has not come round for \(span.milliseconds) ms."
        }
    }
}
