package import Loop

extension Timestamp {
    /// `2026-01-31T12:00:00.000Z`, always in UTC.
    package var rfc3339: String {
        var bytes: [UInt8] = []
        writeRFC3339(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Adds the 24 bytes of the time's text.
    package func writeRFC3339(to bytes: inout [UInt8]) {
        let (day, time) = Self.divide(milliseconds, by: 86_400_000)
        let date = Self.civil(day)
        Self.write(date.year, digits: 4, then: "-", to: &bytes)
        Self.write(date.month, digits: 2, then: "-", to: &bytes)
        Self.write(date.day, digits: 2, then: "T", to: &bytes)
        Self.write(time / 3_600_000, digits: 2, then: ":", to: &bytes)
        Self.write(time / 60_000 % 60, digits: 2, then: ":", to: &bytes)
        Self.write(time / 1000 % 60, digits: 2, then: ".", to: &bytes)
        Self.write(time % 1000, digits: 3, then: "Z", to: &bytes)
    }

    /// Reads a time of RFC 3339 with any offset, to the millisecond; nil when it is none.
    package init?(rfc3339 text: some StringProtocol) {
        var digits = RFC3339Reader(text.utf8)
        guard let milliseconds = digits.read() else { return nil }
        self.init(milliseconds: milliseconds)
    }

    private static func write(_ number: Int64, digits: Int, then end: Character, to bytes: inout [UInt8]) {
        var scale: Int64 = 1
        for _ in 1..<digits { scale *= 10 }
        while scale > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / scale % 10))
            scale /= 10
        }
        bytes.append(end.asciiValue ?? 0)
    }

    /// Years begin in March, so that the leap day is the last of its year (Hinnant's `civil_from_days`).
    private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = divide(day + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * dayOfYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1
        )
    }

    static func divide(_ number: Int64, by divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension Timestamp: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try? decoder.singleValueContainer().decode(String.self)
        guard let time = text.flatMap({ Timestamp(rfc3339: $0) }) else {
            throw DecodingError.expected(Self.self, at: decoder)
        }
        self = time
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rfc3339)
    }
}
