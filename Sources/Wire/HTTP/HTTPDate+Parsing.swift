extension HTTPDate {
    /// Reads any of the three forms a server must accept; nil for all else. The day of the week is read over.
    ///
    /// - `Sun, 06 Nov 1994 08:49:37 GMT`
    /// - `Sunday, 06-Nov-94 08:49:37 GMT`, years before 70 being of this century
    /// - `Sun Nov  6 08:49:37 1994`
    package init?(_ text: String) {
        let words = text.utf8.split(separator: ASCII.space).map(Substring.init)
        switch words.count {
        case 6 where words[0].utf8.last == ASCII.comma && words[5] == "GMT":
            self.init(day: words[1], month: words[2], year: words[3], time: words[4])
        case 4 where words[0].utf8.last == ASCII.comma && words[3] == "GMT":
            let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard date.count == 3, date[2].utf8.count == 2 else { return nil }
            self.init(day: date[0], month: date[1], year: date[2], time: words[2])
        case 5:
            self.init(day: words[2], month: words[1], year: words[4], time: words[3])
        default: return nil
        }
    }

    private init?(day: Substring, month: Substring, year: Substring, time: Substring) {
        let clock = time.split(separator: ":", omittingEmptySubsequences: false)
        guard let day = Self.number(day, atMost: 31), day > 0,
            let month = Self.months.firstIndex(where: { $0 == month }),
            let year = Self.year(year),
            clock.count == 3, clock.allSatisfy({ $0.utf8.count == 2 }),
            let hour = Self.number(clock[0], atMost: 23),
            let minute = Self.number(clock[1], atMost: 59),
            // A leap second is written as 60.
            let second = Self.number(clock[2], atMost: 60)
        else { return nil }
        let date = Self.day(year: year, month: Int64(month) + 1, day: day)
        // 31 February would come out as a day in March.
        guard Self.civil(date).day == day else { return nil }
        self.init(seconds: date * Self.secondsPerDay + hour * 3600 + minute * 60 + second)
    }

    private static func year(_ text: Substring) -> Int64? {
        switch text.utf8.count {
        case 4: number(text, atMost: 9999)
        case 2: number(text, atMost: 99).map { $0 + ($0 < 70 ? 2000 : 1900) }
        default: nil
        }
    }

    private static func number(_ text: Substring, atMost limit: Int64) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 4, text.utf8.allSatisfy({ $0.decimal != nil }),
            let number = Int64(text), number <= limit
        else { return nil }
        return number
    }
}
