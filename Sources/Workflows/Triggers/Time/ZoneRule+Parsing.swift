extension ZoneRule {
    /// Nil where the text is no such rule.
    init?(_ text: String) {
        var reader = Reader(text)
        guard reader.skipName(), let west = reader.offset() else { return nil }
        standard = -west
        guard !reader.isAtEnd else {
            summer = nil
            return
        }
        guard reader.skipName() else { return nil }
        var offset = standard + 3600
        if !reader.isAt(",") {
            guard let west = reader.offset() else { return nil }
            offset = -west
        }
        guard reader.take(","), let start = reader.turn(), reader.take(","), let end = reader.turn(),
            reader.isAtEnd
        else { return nil }
        summer = Summer(offset: offset, start: start, end: end)
    }

    private struct Reader {
        private var rest: Substring.UTF8View

        init(_ text: String) { rest = text[...].utf8 }

        var isAtEnd: Bool { rest.isEmpty }

        func isAt(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard isAt(character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// Letters, or anything between `<` and `>`.
        mutating func skipName() -> Bool {
            if take("<") {
                guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
                rest = rest[rest.index(after: end)...]
                return true
            }
            let letters = rest.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
            rest = rest.dropFirst(letters.count)
            return letters.count >= 3
        }

        mutating func number(upTo limit: Int64) -> Int64? {
            let digits = rest.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            guard (1...3).contains(digits.count), let number = Int64(String(digits) ?? ""), number <= limit
            else { return nil }
            rest = rest.dropFirst(digits.count)
            return number
        }

        /// `hh[:mm[:ss]]` with a sign, in seconds.
        mutating func offset() -> Int64? {
            let sign: Int64 = take("-") ? -1 : 1
            if sign == 1 { _ = take("+") }
            guard let hours = number(upTo: 167) else { return nil }
            var seconds = hours * 3600
            for scale: Int64 in [60, 1] {
                guard take(":") else { break }
                guard let part = number(upTo: 59) else { return nil }
                seconds += part * scale
            }
            return sign * seconds
        }

        mutating func turn() -> Turn? {
            guard let day = day() else { return nil }
            guard take("/") else { return Turn(day: day, second: 7200) }
            return offset().map { Turn(day: day, second: $0) }
        }

        private mutating func day() -> Turn.Day? {
            if take("M") {
                guard let month = number(upTo: 12), month > 0, take("."), let week = number(upTo: 5),
                    week > 0,
                    take("."), let day = number(upTo: 6)
                else { return nil }
                return .weekday(month: Int(month), week: Int(week), day: Int(day))
            }
            if take("J") { return number(upTo: 365).flatMap { $0 > 0 ? .julian(Int($0)) : nil } }
            return number(upTo: 365).map { .zeroBased(Int($0)) }
        }
    }
}
