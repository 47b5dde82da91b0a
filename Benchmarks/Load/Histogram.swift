/// Durations in nanoseconds, counted in buckets that are at most 1.6 % wide.
struct Histogram {
    private static let steps = 64
    private var counts = [Int](repeating: 0, count: 64 * Histogram.steps)
    private(set) var total = 0
    private(set) var largest = 0

    mutating func add(_ nanoseconds: Int) {
        let value = max(0, nanoseconds)
        counts[Self.bucket(of: value)] += 1
        total += 1
        if value > largest { largest = value }
    }

    /// The duration that a `part` (0 to 1) of all do not exceed.
    func quantile(_ part: Double) -> Int {
        var left = Int((Double(total) * part).rounded(.up))
        for (bucket, count) in counts.enumerated() where count > 0 {
            left -= count
            if left <= 0 { return min(largest, Self.upperBound(of: bucket)) }
        }
        return largest
    }

    private static func bucket(of value: Int) -> Int {
        guard value >= steps else { return value }
        let shift = Int.bitWidth - value.leadingZeroBitCount - 7
        return (shift + 1) * steps + (value >> shift) - steps
    }

    private static func upperBound(of bucket: Int) -> Int {
        guard bucket >= steps else { return bucket }
        let shift = bucket / steps - 1
        return ((bucket % steps + steps + 1) << shift) - 1
    }
}
