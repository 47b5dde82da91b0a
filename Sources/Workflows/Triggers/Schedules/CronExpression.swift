/// When something happens again and again, in the five fields of cron: minute, hour, day of the month, month, day of
/// the week.
///
/// As everywhere with cron, where both days are narrowed it is enough that one of them fits; a day that begins with `*`
/// narrows nothing by itself, and then both must fit.
package struct CronExpression: Equatable, Sendable {
    /// As it was written.
    package let text: String
    let minutes: UInt64
    let hours: UInt64
    let days: UInt64
    let months: UInt64
    let weekdays: UInt64
    let eitherDayFits: Bool

    private static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0",
        "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]
    private static let longestText = 1000

    package init(_ text: String) throws(CronError) {
        self.text = text
        guard text.utf8.count <= Self.longestText else { throw CronError("The expression is too long.") }
        let words = text.split { $0.isWhitespace }
        let isNickname = words.count == 1 && words[0].hasPrefix("@")
        let expanded = isNickname ? Self.nicknames[words[0].lowercased()] : text
        guard let expanded else {
            throw CronError(
                "“\(text)” is not known; there are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and "
                    + "@annually.")
        }
        let fields = expanded.split { $0.isWhitespace }
        guard fields.count == 5 else {
            throw CronError(
                "“\(text)” has \(fields.count) fields; write five: minute, hour, day of the month, month, day "
                    + "of the week.")
        }
        minutes = try CronField.minute.parse(fields[0])
        hours = try CronField.hour.parse(fields[1])
        days = try CronField.day.parse(fields[2])
        months = try CronField.month.parse(fields[3])
        weekdays = try CronField.weekday.parse(fields[4])
        eitherDayFits = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
        guard isPossible else {
            throw CronError("“\(text)” never comes: none of its months has such a day.")
        }
    }

    /// Whether any of its days is in any of its months. Within 400 years each of them falls on every day of the week.
    private var isPossible: Bool {
        if eitherDayFits { return true }
        let first = days.trailingZeroBitCount
        return (1...12).contains { months.has($0) && first <= CivilTime.days(in: $0, of: 2000) }
    }

    func fits(_ day: CivilTime) -> Bool {
        guard months.has(day.month) else { return false }
        let (byMonth, byWeek) = (days.has(day.day), weekdays.has(day.weekday))
        return eitherDayFits ? byMonth || byWeek : byMonth && byWeek
    }
}

extension UInt64 {
    func has(_ bit: Int) -> Bool { self & (1 << UInt64(bit)) != 0 }

    /// The lowest bit that is set and not below `start`.
    func next(from start: Int) -> Int? {
        guard start < 64 else { return nil }
        let rest = self & (.max << UInt64(start))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }
}
