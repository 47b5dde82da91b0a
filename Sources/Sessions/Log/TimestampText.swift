package import Loop

/// The RFC 3339 text of the last time that was asked for: `2026-01-31T12:00:00.000Z`, always 24 bytes for the
/// years 0 to 9999. Entries of one millisecond share it, those of one day share its date.
package struct TimestampText {
    static let size = 24

    private var milliseconds = Int64.min
    private var day = Int64.min
    package private(set) var bytes: [UInt8] = Array("0000-00-00T00:00:00.000Z".utf8)

    package init() {}

    package mutating func set(to time: Timestamp) {
        guard time.milliseconds != milliseconds else { return }
        milliseconds = time.milliseconds
        let (newDay, rest) = Self.floorDivide(milliseconds, 86_400_000)
        if newDay != day {
            day = newDay
            writeDate()
        }
        write(rest / 3_600_000, digits: 2, at: 11)
        write(rest / 60_000 % 60, digits: 2, at: 14)
        write(rest / 1000 % 60, digits: 2, at: 17)
        write(rest % 1000, digits: 3, at: 20)
    }

    /// The civil date of a day number, after Howard Hinnant's `civil_from_days`: years begin in March, so that
    /// the leap day is the last of its year.
    private mutating func writeDate() {
        let (era, dayOfEra) = Self.floorDivide(day + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        write(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), digits: 4, at: 0)
        write(month, digits: 2, at: 5)
        write(dayOfYear - (153 * marchMonth + 2) / 5 + 1, digits: 2, at: 8)
    }

    private mutating func write(_ value: Int64, digits: Int, at offset: Int) {
        var value = value
        for place in (offset..<offset + digits).reversed() {
            bytes[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
            value /= 10
        }
    }

    private static func floorDivide(_ value: Int64, _ by: Int64) -> (Int64, Int64) {
        let rest = value % by
        return rest < 0 ? (value / by - 1, rest + by) : (value / by, rest)
    }
}
