/// When clocks change in every year, as POSIX writes it in `TZ`, with the extension of RFC 9636 (3.3.2) that a time of
/// day may be from -167 to 167 hours: `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Equatable, Sendable {
    /// A day of the year and a time on it.
    struct Turn: Equatable, Sendable {
        enum Day: Equatable, Sendable {
            /// 1 to 365; the leap day is never counted.
            case julian(Int)
            /// 0 to 365
            case zeroBased(Int)
            /// The weekday's occurrence in the month; 5 is the last one.
            case weekday(month: Int, week: Int, day: Int)
        }

        let day: Day
        /// Seconds after the beginning of the day.
        let second: Int64

        /// Seconds since 1970 on the clock of the place.
        func wall(in year: Int) -> Int64 {
            let newYear = CivilTime(year, 1, 1).dayNumber
            let date: Int64
            switch day {
            case .julian(let number):
                let isBehindLeapDay = number >= 60 && CivilTime.days(in: 2, of: year) == 29
                date = newYear + Int64(number - 1 + (isBehindLeapDay ? 1 : 0))
            case .zeroBased(let number): date = newYear + Int64(number)
            case .weekday(let month, let week, let day):
                let first = CivilTime(year, month, 1)
                var number = 1 + (day - first.weekday + 7) % 7 + (week - 1) * 7
                while number > CivilTime.days(in: month, of: year) { number -= 7 }
                date = first.dayNumber + Int64(number - 1)
            }
            return date * 86_400 + second
        }
    }

    struct Summer: Equatable, Sendable {
        let offset: Int64
        let start: Turn
        let end: Turn
    }

    /// Seconds east of Greenwich.
    let standard: Int64
    let summer: Summer?

    func offset(at time: Int64) -> Int64 {
        guard let summer else { return standard }
        let year = CivilTime(seconds: time + standard).year
        // The last change of three years decides.
        let last = turns(from: year - 1, to: year + 1, summer).last { $0.at <= time }
        return last?.after ?? standard
    }

    func changes(from start: Int64, to end: Int64) -> [Zone.Change] {
        guard let summer, start <= end else { return [] }
        let years = (CivilTime(seconds: start).year - 1, CivilTime(seconds: end).year + 1)
        return turns(from: years.0, to: years.1, summer).filter { (start...end).contains($0.at) }
    }

    private func turns(from first: Int, to last: Int, _ summer: Summer) -> [Zone.Change] {
        (first...last).flatMap { year in
            [
                Zone.Change(
                    at: summer.start.wall(in: year) - standard, before: standard, after: summer.offset),
                Zone.Change(
                    at: summer.end.wall(in: year) - summer.offset, before: summer.offset, after: standard),
            ]
        }.sorted { $0.at < $1.at }
    }
}
