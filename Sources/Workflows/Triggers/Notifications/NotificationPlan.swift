package import Loop

/// Decides what comes after an attempt to deliver a notification; the time is an argument.
package struct NotificationPlan: Sendable {
    /// How an attempt ended.
    package enum Attempt: Equatable, Sendable {
        case answered(Int)
        /// There was no answer; whether there could be one another time.
        case failed(String, mayBeTriedAgain: Bool)
    }

    package enum Verdict: Equatable, Sendable {
        case delivered
        case again(at: Timestamp, problem: String)
        case over(problem: String)
    }

    /// The pause behind the first attempt; each further one is twice as long.
    package var first = Duration.seconds(1)
    package var longest = Duration.seconds(600)
    /// From its making to the last attempt.
    package var patience = Duration.seconds(24 * 3600)

    package init() {}

    /// - Parameter attempts: how many there were, with this one.
    package func judge(
        _ attempt: Attempt, attempts: Int, created: Timestamp, now: Timestamp
    ) -> Verdict {
        let problem: String
        switch attempt {
        case .answered(200..<300): return .delivered
        case .answered(410): return .over(problem: "It answered 410: it is gone.")
        case .answered(408), .answered(429): problem = "It asked for patience."
        case .answered(let status) where (400..<500).contains(status):
            return .over(problem: "It refused with \(status).")
        case .answered(let status): problem = "It answered \(status)."
        case .failed(let reason, false): return .over(problem: reason)
        case .failed(let reason, true): problem = reason
        }
        let at = Timestamp(milliseconds: now.milliseconds + pause(after: attempts).milliseconds)
        guard at.milliseconds - created.milliseconds <= patience.milliseconds else {
            return .over(problem: "\(problem) There were \(attempts) attempts.")
        }
        return .again(at: at, problem: problem)
    }

    private func pause(after attempts: Int) -> Duration {
        // Twenty doublings are a million times the first pause.
        min(first * (1 << min(max(attempts - 1, 0), 20)), longest)
    }
}
