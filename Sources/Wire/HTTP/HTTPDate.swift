/// A moment in whole seconds, as HTTP writes it (RFC 9110 5.6.7).
package struct HTTPDate: Hashable, Comparable, Sendable {
    /// Seconds since 1970-01-01T00:00:00Z.
    package let seconds: Int64

    package init(seconds: Int64) { self.seconds = seconds }

    package static func < (one: HTTPDate, other: HTTPDate) -> Bool { one.seconds < other.seconds }

    static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    static let secondsPerDay: Int64 = 86400
}

extension HTTPDate: CustomStringConvertible {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`, in 29 bytes for the years 0 to 9999.
    package var description: String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(29)
        write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    package func write(to bytes: inout [UInt8]) {
        let (day, second) = seconds.quotientAndRemainder(floor: Self.secondsPerDay)
        let (year, month, dayOfMonth) = Self.civil(day)
        bytes.append(Self.days[Int(day.quotientAndRemainder(floor: 7).remainder)])
        bytes.append(", ")
        Self.write(dayOfMonth, digits: 2, to: &bytes)
        bytes.append(ASCII.space)
        bytes.append(Self.months[Int(month) - 1])
        bytes.append(ASCII.space)
        Self.write(year, digits: 4, to: &bytes)
        bytes.append(ASCII.space)
        Self.write(second / 3600, digits: 2, to: &bytes)
        bytes.append(ASCII.colon)
        Self.write(second / 60 % 60, digits: 2, to: &bytes)
        bytes.append(ASCII.colon)
        Self.write(second % 60, digits: 2, to: &bytes)
        bytes.append(" GMT")
    }

    private static func write(_ number: Int64, digits: Int, to bytes: inout [UInt8]) {
        var scale: Int64 = 1
        for _ in 1..<digits { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / scale % 10))
            scale /= 10
        }
    }
}

/// The proleptic Gregorian calendar, counted in eras of 400 years that begin on 1 March, so that a leap day
/// is the last of its year.
extension HTTPDate {
    static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (day + 719_468).quotientAndRemainder(floor: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = (year - (month <= 2 ? 1 : 0)).quotientAndRemainder(floor: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension Int64 {
    /// Division that rounds down, so that the remainder of a moment before 1970 is not negative.
    func quotientAndRemainder(floor divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
