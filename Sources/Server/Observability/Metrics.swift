/// The figures of one scrape, as Prometheus reads them (text format 0.0.4).
///
/// Each room's numbers are added when they are asked for; nothing is kept here between scrapes. Names begin with
/// `holdfast_` and end with their unit; what is counted only upwards ends with `_total`.
package struct Metrics: Sendable {
    package typealias Sample = (labels: [(String, String)], value: Double)

    private enum Kind: String { case counter, gauge, histogram }

    package private(set) var text: [UInt8] = []

    package init() {}

    package mutating func counter(_ name: String, _ help: String, _ value: Int) {
        counter(name, help, [([], Double(value))])
    }

    package mutating func counter(_ name: String, _ help: String, _ samples: [Sample]) {
        family(.counter, name, help)
        for sample in samples { add(name, sample) }
    }

    package mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        gauge(name, help, [([], Double(value))])
    }

    package mutating func gauge(_ name: String, _ help: String, _ samples: [Sample]) {
        family(.gauge, name, help)
        for sample in samples { add(name, sample) }
    }

    package mutating func histogram(
        _ name: String, _ help: String, _ samples: [(labels: [(String, String)], figures: Histogram)]
    ) {
        family(.histogram, name, help)
        for sample in samples { add(name, sample.labels, sample.figures) }
    }

    private mutating func add(_ name: String, _ labels: [(String, String)], _ figures: Histogram) {
        var sum = 0
        for (bound, count) in zip(figures.bounds, figures.counts) {
            sum += count
            add("\(name)_bucket", (labels + [("le", Self.number(bound))], Double(sum)))
        }
        add("\(name)_bucket", (labels + [("le", "+Inf")], Double(figures.count)))
        add("\(name)_sum", (labels, figures.sum))
        add("\(name)_count", (labels, Double(figures.count)))
    }

    private mutating func family(_ kind: Kind, _ name: String, _ help: String) {
        text += "# HELP holdfast_\(name) ".utf8
        escape(help, quotes: false)
        text += "\n# TYPE holdfast_\(name) \(kind.rawValue)\n".utf8
    }

    private mutating func add(_ name: String, _ sample: Sample) {
        text += "holdfast_\(name)".utf8
        for (index, label) in sample.labels.enumerated() {
            text += (index == 0 ? "{" : ",").utf8
            text += "\(label.0)=\"".utf8
            escape(label.1, quotes: true)
            text += "\"".utf8
        }
        text += (sample.labels.isEmpty ? " " : "} ").utf8
        text += Self.number(sample.value).utf8
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func escape(_ value: String, quotes: Bool) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): text += #"\\"#.utf8
            case UInt8(ascii: "\n"): text += #"\n"#.utf8
            case UInt8(ascii: "\"") where quotes: text += #"\""#.utf8
            default: text.append(byte)
            }
        }
    }

    /// Whole numbers without a point, as long as a double counts them exactly.
    private static func number(_ value: Double) -> String {
        value.magnitude < 9e15 && value == value.rounded() ? String(Int(value)) : String(value)
    }
}
