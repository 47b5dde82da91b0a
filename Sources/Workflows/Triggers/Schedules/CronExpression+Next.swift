package import Loop

extension CronExpression {
    /// After as many years every date has fallen on every day of the week.
    private static let furthestYears = 400

    /// The first time after `time` at which it happens, by the clocks of a zone. A time that the clocks leave out
    /// happens at the first moment after the gap; a time that comes twice happens once, the first time.
    package func next(after time: Timestamp, in zone: Zone) -> Timestamp? {
        var wall = zone.civil(at: time)
        let lastYear = wall.year + Self.furthestYears
        wall.second = 0
        // What the clocks show never goes back from one fitting wall time to the next, so the first that lies after
        // `time` is the one; those that it skips are the second showing of an hour, or all of one gap.
        while let found = nextWall(from: wall, upTo: lastYear) {
            let moment = zone.time(of: found)
            if moment > time { return moment }
            wall = found
            wall.minute += 1
        }
        return nil
    }

    /// The first wall time that fits, not before `start`, whose minute may be 60.
    private func nextWall(from start: CivilTime, upTo lastYear: Int) -> CivilTime? {
        var day = start
        var earliest: (hour: Int, minute: Int) = (start.hour, start.minute)
        while day.year <= lastYear {
            if months.has(day.month) {
                if fits(day), let time = nextTime(from: earliest) {
                    return CivilTime(day.year, day.month, day.day, time.hour, time.minute)
                }
                day.day += 1
            } else {
                day.day = 32
            }
            if day.day > CivilTime.days(in: day.month, of: day.year) {
                day.day = 1
                day.month += 1
            }
            if day.month > 12 {
                day.month = 1
                day.year += 1
            }
            earliest = (0, 0)
        }
        return nil
    }

    private func nextTime(from earliest: (hour: Int, minute: Int)) -> (hour: Int, minute: Int)? {
        if hours.has(earliest.hour), let minute = minutes.next(from: earliest.minute) {
            return (earliest.hour, minute)
        }
        return hours.next(from: earliest.hour + 1).map { ($0, minutes.trailingZeroBitCount) }
    }
}
