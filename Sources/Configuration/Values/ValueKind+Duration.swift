extension ValueKind where Value == Duration {
    package static func duration(_ range: ClosedRange<Duration>) -> ValueKind {
        let (low, high) = (range.lowerBound.text, range.upperBound.text)
        return ValueKind(
            "duration", "a duration from \(low) to \(high)", sample: range.lowerBound,
            parse: { text throws(Complaint) in
                let duration = try Duration(text: text)
                guard range.contains(duration) else {
                    throw Complaint("is out of range: from \(low) to \(high)")
                }
                return duration
            },
            print: { $0.text })
    }
}

extension Duration {
    /// The units from the largest, in milliseconds.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1),
    ]

    package static func minutes(_ count: Int) -> Duration { .seconds(count * 60) }
    package static func hours(_ count: Int) -> Duration { .seconds(count * 3600) }
    package static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }

    /// Reads `10s`, `250ms` or `1h30m`: whole numbers with units, the largest first.
    package init(text: String) throws(Complaint) {
        var rest = Substring(text)
        var total: Int64 = 0
        var units = Self.units[...]
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            let name = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(name.count)
            if name.isEmpty, !digits.isEmpty, rest.isEmpty {
                throw Complaint("has no unit: add `ms`, `s`, `m`, `h` or `d`")
            }
            guard let count = Int64(digits), let unit = units.firstIndex(where: { $0.name == name }) else {
                throw Complaint("is not a duration: write one such as `10s`, `250ms` or `1h30m`")
            }
            let part = count.multipliedReportingOverflow(by: units[unit].milliseconds)
            let sum = total.addingReportingOverflow(part.partialValue)
            if part.overflow || sum.overflow { throw Complaint("is too long a time") }
            total = sum.partialValue
            units = units[(unit + 1)...]
        } while !rest.isEmpty
        self = .milliseconds(total)
    }

    /// The shortest such text; what is finer than a millisecond is left out.
    package var text: String {
        var rest = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
        if rest == 0 { return "0s" }
        var text = ""
        for unit in Self.units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
