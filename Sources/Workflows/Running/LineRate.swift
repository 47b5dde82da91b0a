import Loop

/// How many lines came in each of the last seconds.
struct LineRate {
    private static let seconds = 5
    private var counts = [Int](repeating: 0, count: seconds)
    private var latest: Int64 = 0

    mutating func note(_ lines: Int, at now: Instant) {
        let second = turn(to: now)
        counts[Int(second % Int64(Self.seconds))] += lines
    }

    /// Per second, over the last whole seconds but the one that runs.
    mutating func perSecond(at now: Instant) -> Int {
        let current = Int(turn(to: now) % Int64(Self.seconds))
        let whole = counts.indices.filter { $0 != current }.reduce(0) { $0 + counts[$1] }
        return whole / (Self.seconds - 1)
    }

    private mutating func turn(to now: Instant) -> Int64 {
        let second = now.nanoseconds / 1_000_000_000
        if second - latest >= Int64(Self.seconds) {
            for index in counts.indices { counts[index] = 0 }
        } else {
            while latest < second {
                latest += 1
                counts[Int(latest % Int64(Self.seconds))] = 0
            }
        }
        latest = max(latest, second)
        return latest
    }
}
