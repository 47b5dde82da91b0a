/// The pauses between attempts: each may be twice as long as the one before, up to a bound, and half of each is
/// chance, so that all who lost one server do not come back at one moment.
struct Backoff {
    private static let first = Duration.milliseconds(500)
    private static let longest = Duration.seconds(30)

    private var bound = Backoff.first

    /// The next pause, and never less than the server asked for.
    mutating func next(atLeast asked: Duration? = nil) -> Duration {
        let half = bound / 2
        bound = min(bound * 2, Self.longest)
        return max(half + half * Double.random(in: 0...1), asked ?? .zero)
    }

    mutating func reset() { bound = Self.first }
}
