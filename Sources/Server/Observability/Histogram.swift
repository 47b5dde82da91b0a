import Loop

/// How often something took how long.
package struct Histogram: Sendable, Equatable {
    /// The upper ends of the buckets, in seconds, rising; what is longer is only in `count`.
    package let bounds: [Double]
    /// For each bucket, what fell into it and not into the one before.
    package private(set) var counts: [Int]
    package private(set) var count = 0
    /// In seconds.
    package private(set) var sum = 0.0

    package init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count)
    }

    /// What somebody else has counted; the last of `counts` is what was above every bound.
    package init(bounds: [Double], counts: [Int], sum: Double) {
        self.bounds = bounds
        self.counts = Array(counts.prefix(bounds.count))
        count = counts.reduce(0, +)
        self.sum = sum
    }

    package mutating func add(_ span: Duration) {
        let seconds = Double(span.nanoseconds) / 1e9
        count += 1
        sum += seconds
        if let bucket = bounds.firstIndex(where: { seconds <= $0 }) { counts[bucket] += 1 }
    }

    /// From a cached answer to one that waited for its deadline.
    package static let latencyBounds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10,
    ]
}
