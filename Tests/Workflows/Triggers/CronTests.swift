import JSONCoding
import Loop
import TestKit
import Testing
import Workflows

@Suite(.timeLimit(.minutes(3))) struct CronTests {
    @Test(arguments: [
        ("*/15 * * * *", "UTC", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00.000Z"),
        ("@daily", "UTC", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00.000Z"),
        ("0 9 * * mon-fri", "UTC", "2026-11-20T09:00:00Z", "2026-11-23T09:00:00.000Z"),
        ("0 9 * * 5-7", "UTC", "2026-11-20T09:00:00Z", "2026-11-21T09:00:00.000Z"),
        ("0 0 13 * FRI", "UTC", "2026-11-01T00:00:00Z", "2026-11-06T00:00:00.000Z"),
        ("0 0 29 feb *", "UTC", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00.000Z"),
        ("0 0 29 2 */7", "UTC", "2026-01-01T00:00:00Z", "2032-02-29T00:00:00.000Z"),
        ("5/20 23 31 12 *", "UTC", "2026-12-31T23:45:00Z", "2027-12-31T23:05:00.000Z"),
        // The clocks go from 2 to 3, and from 3 to 2.
        ("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00.000Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00.000Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:29:00Z", "2026-10-25T00:30:00.000Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00.000Z"),
        ("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", "2026-10-26T01:30:00.000Z"),
    ])
    func theNextTimeIsWhatPeopleExpect(cron: String, zone: String, after: String, next: String) throws {
        let expression = try CronExpression(cron)
        let time = try #require(Timestamp(rfc3339: after))
        #expect(expression.next(after: time, in: try Zone(named: zone))?.rfc3339 == next)
    }

    @Test(arguments: [
        ("", "0 fields"), ("* * * *", "4 fields"), ("* * * * * *", "6 fields"), ("60 * * * *", "0 to 59"),
        ("* 24 * * *", "0 to 23"), ("* * 0 * *", "1 to 31"), ("* * * 13 *", "jan to dec"),
        ("* * * * 8", "sun to sat"), ("*/0 * * * *", "step"), ("1-0 * * * *", "ends before it begins"),
        ("1,,2 * * * *", "minute"), ("-1 * * * *", "minute"), ("+1 * * * *", "minute"),
        ("? * * * *", "minute"),
        ("0 0 30 2 *", "never comes"), ("0 0 31 4,6,9,11 *", "never comes"), ("@reboot", "@hourly"),
        ("x * * * *", "minute"), ("1/2/3 * * * *", "step"), ("99999999999999999999 * * * *", "minute"),
    ])
    func whatIsNoExpressionIsRefusedWithItsReason(text: String, reason: String) {
        do {
            _ = try CronExpression(text)
            Issue.record("“\(text)” was taken")
        } catch {
            #expect(error.description.contains(reason), "\(error)")
        }
    }

    /// Against an oracle that asks every minute of the clock on the wall, in order, when it comes.
    @Test(arguments: [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo",
        "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia",
    ])
    func everyTimeOfTheYearsIsFoundAndNoOther(name: String) throws {
        let zone = try Zone(named: name)
        var random = SeededRandom(seed: 42)
        for round in 0..<6 {
            let text = Self.expression(&random)
            let cron = try CronExpression(text)
            let year = round == 0 ? 2011 : 2015 + Int.random(in: 0..<40, using: &random)
            let begin = zone.time(of: CivilTime(year, 1, 1))
            let end = zone.time(of: CivilTime(year + 1, 1, 1))
            let expected = Oracle(text).times(in: zone, year: year).filter { $0 > begin && $0 < end }
            var found: [Timestamp] = []
            var time = begin
            while let next = cron.next(after: time, in: zone), next < end {
                try #require(next > time)
                found.append(next)
                time = next
            }
            #expect(found == expected, "\(text) in \(year)")
            // From between two of them, the next is the same.
            for (one, next) in zip(expected, expected.dropFirst()).prefix(200) {
                let between = Timestamp(milliseconds: (one.milliseconds + next.milliseconds) / 2)
                #expect(cron.next(after: between, in: zone) == next)
            }
        }
    }

    private static func expression(_ random: inout SeededRandom) -> String {
        let minute = ["0", "30", "*/20", "7,37", "10-50/13"].randomElement(using: &random)!
        let hour = ["*", "2", "1-3", "0,23", "*/5"].randomElement(using: &random)!
        let day = ["*", "1", "25-31", "*/9", "29"].randomElement(using: &random)!
        let month = ["*", "3,10", "*/4", "4-11"].randomElement(using: &random)!
        let weekday = ["*", "0", "1-5", "6,7", "*/3"].randomElement(using: &random)!
        return "\(minute) \(hour) \(day) \(month) \(weekday)"
    }
}

/// Knows the five fields in the plainest way, and walks through all minutes of all days.
private struct Oracle {
    private let fields: [Set<Int>]
    private let isStar: [Bool]

    init(_ text: String) {
        let ranges = [0...59, 0...23, 1...31, 1...12, 0...7]
        let words = text.split(separator: " ")
        fields = zip(words, ranges).map { word, range in
            Set(
                word.split(separator: ",").flatMap { item -> [Int] in
                    let parts = item.split(separator: "/")
                    let ends = parts[0].split(separator: "-").compactMap { Int($0) }
                    let span = ends.isEmpty ? range : ends[0]...ends[ends.count - 1]
                    let step = parts.count > 1 ? Int(parts[1])! : 1
                    return span.filter {
                        ($0 - span.lowerBound) % step == 0 && ($0 < 7 || range.upperBound != 7)
                    }
                        + (range.upperBound == 7 && span.contains(7) && !ends.isEmpty ? [0] : [])
                })
        }
        isStar = words.map { $0.hasPrefix("*") }
    }

    func times(in zone: Zone, year: Int) -> [Timestamp] {
        var times: Set<Timestamp> = []
        // 1970-01-01 was a Thursday.
        var weekday = 4
        for before in 1970..<year { weekday += before.isLeap ? 366 : 365 }
        for month in 1...12 {
            for day in 1...[31, year.isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] {
                defer { weekday += 1 }
                let (byDay, byWeek) = (fields[2].contains(day), fields[4].contains(weekday % 7))
                let fits = isStar[2] || isStar[4] ? byDay && byWeek : byDay || byWeek
                guard fits, fields[3].contains(month) else { continue }
                for hour in 0...23 where fields[1].contains(hour) {
                    for minute in 0...59 where fields[0].contains(minute) {
                        times.insert(zone.time(of: CivilTime(year, month, day, hour, minute)))
                    }
                }
            }
        }
        return times.sorted()
    }
}

extension Int {
    fileprivate var isLeap: Bool { self % 4 == 0 && (self % 100 != 0 || self % 400 == 0) }
}
