import Loop

/// Tells whether a program says so much that it pays to look every so often instead of being woken for each piece.
struct Pace {
    /// More than this in a millisecond is a flood.
    private static let floodBytes = 2048.0
    /// Nobody sees such a delay in a flood.
    static let moment = Duration.milliseconds(1)

    private var since: Instant
    private var said = 0
    private(set) var isFlood = false

    init(at now: Instant) { since = now }

    mutating func note(_ count: Int) { said += count }

    /// There is no more for now.
    mutating func look(at now: Instant) {
        guard now - since >= Self.moment else { return }
        isFlood = Double(said) > Self.floodBytes * ((now - since) / Self.moment)
        since = now
        said = 0
    }
}
