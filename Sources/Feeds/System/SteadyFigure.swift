/// A number that is shown: it follows what is measured only when that has moved by more than noise.
struct SteadyFigure {
    private let step: Int
    private var shown: Int?

    init(step: Int) { self.step = step }

    /// What to show now: a multiple of the step.
    mutating func follow(_ measured: Int) -> Int {
        if let shown, abs(measured - shown) < step { return shown }
        let rounded = (measured + step / 2) / step * step
        shown = rounded
        return rounded
    }
}

/// A verdict that does not waver: what is bad must become clearly better before it counts as good again.
struct SteadyHealth {
    private var health = Health.healthy

    /// - Parameters:
    ///   - value: more of it is worse.
    ///   - margin: as much better than a bound it must be to be judged better than before.
    mutating func judge(_ value: Int, degradedAbove: Int, downAbove: Int, margin: Int) -> Health {
        let plain = Self.verdict(value, degradedAbove, downAbove)
        let doubtful = Self.verdict(value + margin, degradedAbove, downAbove)
        health = max(plain, min(health, doubtful))
        return health
    }

    private static func verdict(_ value: Int, _ degraded: Int, _ down: Int) -> Health {
        value > down ? .down : value > degraded ? .degraded : .healthy
    }
}
