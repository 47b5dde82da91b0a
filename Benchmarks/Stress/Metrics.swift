/// The figures of `/metrics`, by name and labels as they stand there.
struct Metrics {
    private var values: [Substring: Double] = [:]

    init(_ text: String) {
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: " ")
            if parts.count == 2, let value = Double(parts[1].filter { $0 != "\r" }) {
                values[parts[0]] = value
            }
        }
    }

    subscript(name: String) -> Double? { values[Substring(name)] }

    /// Those of a name, one for each of its labels.
    func samples(_ name: String) -> [Substring: Double] {
        values.filter { $0.key == name || $0.key.hasPrefix(name + "{") }
    }

    /// The sum over all labels of a name.
    func sum(_ name: String) -> Double { samples(name).values.reduce(0, +) }
}
