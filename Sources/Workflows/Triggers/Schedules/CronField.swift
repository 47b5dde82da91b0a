/// One of the five fields of a cron expression.
enum CronField: CaseIterable {
    case minute, hour, day, month, weekday

    var name: String {
        switch self {
        case .minute: "minute"
        case .hour: "hour"
        case .day: "day of the month"
        case .month: "month"
        case .weekday: "day of the week"
        }
    }

    /// Both 0 and 7 are Sunday.
    var range: ClosedRange<Int> {
        switch self {
        case .minute: 0...59
        case .hour: 0...23
        case .day: 1...31
        case .month: 1...12
        case .weekday: 0...7
        }
    }

    private var names: [String] {
        switch self {
        case .month: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        case .weekday: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
        default: []
        }
    }

    /// The values that `text` stands for, as bits: a list of `*`, `a`, `a-b`, each with `/step` or without.
    func parse(_ text: Substring) throws(CronError) -> UInt64 {
        var bits: UInt64 = 0
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            bits |= try parse(item: item)
        }
        if self == .weekday, bits & (1 << 7) != 0 { bits = (bits | 1) & 0x7F }
        return bits
    }

    private func parse(item: Substring) throws(CronError) -> UInt64 {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var values = try span(parts[0])
        var step = 1
        if parts.count == 2 {
            guard let number = Int(parts[1]), number > 0, number <= range.upperBound else {
                throw CronError(
                    "The \(name) “\(item)” has a step that is no number from 1 to \(range.upperBound).")
            }
            step = number
            // As Vixie's cron has it, `5/10` begins at 5 and goes on to the end.
            if values.count == 1, parts[0] != "*" { values = values.lowerBound...range.upperBound }
        }
        return stride(from: values.lowerBound, through: values.upperBound, by: step).reduce(0) {
            $0 | 1 << $1
        }
    }

    private func span(_ text: Substring) throws(CronError) -> ClosedRange<Int> {
        if text == "*" { return self == .weekday ? 0...6 : range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let first = try value(ends[0], in: text)
        guard ends.count == 2 else { return first...first }
        var last = try value(ends[1], in: text)
        if self == .weekday, last == 0, first > 0 { last = 7 }
        guard first <= last else {
            throw CronError("The \(name) “\(text)” ends before it begins; write two ranges with a comma.")
        }
        return first...last
    }

    private func value(_ text: Substring, in item: Substring) throws(CronError) -> Int {
        if let index = names.firstIndex(of: text.lowercased()) { return index + range.lowerBound }
        guard let number = Int(text), text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            range.contains(number)
        else {
            let names = names.isEmpty ? "" : ", or a name from \(names[0]) to \(names[names.count - 1])"
            throw CronError(
                "The \(name) “\(item)” must be a number from \(range.lowerBound) to "
                    + "\(range.upperBound)\(names), a range, a list, or *.")
        }
        return number
    }
}
