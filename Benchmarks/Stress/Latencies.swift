import Loop

/// How long many things took.
struct Latencies: CustomStringConvertible {
    private var all: [Duration] = []

    mutating func add(_ span: Duration) { all.append(span) }

    var p50: Duration { quantile(0.5) }
    var p99: Duration { quantile(0.99) }
    var longest: Duration { all.max() ?? .zero }

    var description: String {
        let spans = [("p50", p50), ("p99", p99), ("at most", longest)]
        return spans.map { "\($0) \($1.nanoseconds / 1000) µs" }.joined(separator: ", ")
    }

    private func quantile(_ part: Double) -> Duration {
        let sorted = all.sorted()
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))]
    }
}
