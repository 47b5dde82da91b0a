/// A date and a time of day as a clock on the wall shows it, somewhere.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    /// 1 to 12
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    package init(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0, _ second: Int = 0)
    {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// - Parameter seconds: since 1970, as if the clock stood in Greenwich.
    init(seconds: Int64) {
        let (days, rest) = Self.divide(seconds, by: 86_400)
        (year, month, day) = Self.date(of: days)
        hour = Int(rest / 3600)
        minute = Int(rest / 60 % 60)
        second = Int(rest % 60)
    }

    /// Seconds since 1970, as if the clock stood in Greenwich.
    var seconds: Int64 {
        ((dayNumber * 24 + Int64(hour)) * 60 + Int64(minute)) * 60 + Int64(second)
    }

    /// Days since 1970-01-01 (Hinnant's `days_from_civil`).
    var dayNumber: Int64 {
        let (era, yearOfEra) = Self.divide(Int64(year - (month <= 2 ? 1 : 0)), by: 400)
        let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// 0 for Sunday. 1970-01-01 was a Thursday.
    var weekday: Int { Int(Self.divide(dayNumber + 4, by: 7).1) }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Years begin in March, so that the leap day is the last of its year (Hinnant's `civil_from_days`).
    private static func date(of day: Int64) -> (Int, Int, Int) {
        let (era, dayOfEra) = divide(day + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (
            Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0), Int(month),
            Int(dayOfYear - (153 * fromMarch + 2) / 5 + 1)
        )
    }

    /// The quotient rounded down, and a rest that is never negative.
    private static func divide(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
}
