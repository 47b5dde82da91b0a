import JSONCoding
import Loop
import Testing
import Workflows

@Suite struct ZoneTests {
    @Test(arguments: [
        ("Europe/Berlin", "2026-01-15T12:00:00Z", CivilTime(2026, 1, 15, 13)),
        ("Europe/Berlin", "2026-03-29T00:59:59Z", CivilTime(2026, 3, 29, 1, 59, 59)),
        ("Europe/Berlin", "2026-03-29T01:00:00Z", CivilTime(2026, 3, 29, 3)),
        // Behind the file's list, by the rule at its end.
        ("Europe/Berlin", "2091-07-01T10:00:00Z", CivilTime(2091, 7, 1, 12)),
        ("Europe/Dublin", "2061-01-01T10:00:00Z", CivilTime(2061, 1, 1, 10)),
        ("Europe/Dublin", "2061-07-01T10:00:00Z", CivilTime(2061, 7, 1, 11)),
        ("Australia/Lord_Howe", "2070-01-01T00:00:00Z", CivilTime(2070, 1, 1, 11)),
        ("Australia/Lord_Howe", "2070-07-01T00:00:00Z", CivilTime(2070, 7, 1, 10, 30)),
        ("Asia/Kathmandu", "2026-01-01T00:00:00Z", CivilTime(2026, 1, 1, 5, 45)),
        ("America/Nuuk", "2060-03-27T12:00:00Z", CivilTime(2060, 3, 27, 10)),
        ("UTC", "1969-12-31T23:59:59.500Z", CivilTime(1969, 12, 31, 23, 59, 59)),
    ])
    func clocksShowWhatTheirZoneSays(name: String, time: String, wall: CivilTime) throws {
        #expect(try Zone(named: name).civil(at: #require(Timestamp(rfc3339: time))) == wall)
    }

    @Test func aTimeThatComesTwiceIsTheFirstAndOneThatIsLeftOutTheEndOfTheGap() throws {
        let berlin = try Zone(named: "Europe/Berlin")
        #expect(berlin.time(of: CivilTime(2026, 10, 25, 2, 30)).rfc3339 == "2026-10-25T00:30:00.000Z")
        #expect(berlin.time(of: CivilTime(2026, 3, 29, 2, 30)).rfc3339 == "2026-03-29T01:00:00.000Z")
        #expect(berlin.time(of: CivilTime(2090, 3, 26, 2, 30)).rfc3339 == "2090-03-26T01:00:00.000Z")
        // A whole day was left out, when Samoa went over the date line.
        let apia = try Zone(named: "Pacific/Apia")
        #expect(apia.time(of: CivilTime(2011, 12, 30, 12)).rfc3339 == "2011-12-30T10:00:00.000Z")
    }

    @Test(arguments: ["", "/etc/passwd", "Mars/Olympus", "Europe", "zone.tab", "a b", "Europe/Berlin\0"])
    func whatIsNoZoneIsRefused(name: String) {
        #expect(throws: ZoneError.self) { try Zone(named: name) }
    }

    @Test func noNameLeadsOutOfTheFolder() {
        #expect(throws: ZoneError.badName("../../../etc/passwd")) { try Zone(named: "../../../etc/passwd") }
    }
}

@Suite(.timeLimit(.minutes(1))) struct ZoneWalkTests {
    /// In steps of a quarter of an hour, on which all clocks change that are walked past here.
    @Test(
        arguments: ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"],
        [2011, 2052])
    func whatTheClocksShowedFirstIsWhenItWas(name: String, year: Int) throws {
        let zone = try Zone(named: name)
        let begin = zone.time(of: CivilTime(year, 1, 1)).milliseconds
        var due = CivilTime(year, 1, 1)
        for time in stride(from: begin, to: begin + 365 * 86_400_000, by: 900_000) {
            let wall = zone.civil(at: Timestamp(milliseconds: time))
            guard wall >= due else {
                try #require(zone.time(of: wall).milliseconds < time, "\(wall) comes a second time")
                continue
            }
            // What is shown now, and all that was left out before it, is at this moment.
            while due <= wall {
                try #require(zone.time(of: due).milliseconds == time, "\(due)")
                due = due.quarterLater
            }
        }
    }
}

extension CivilTime {
    fileprivate static func < (one: CivilTime, other: CivilTime) -> Bool {
        one.order.lexicographicallyPrecedes(other.order)
    }
    fileprivate static func >= (one: CivilTime, other: CivilTime) -> Bool { !(one < other) }
    fileprivate static func <= (one: CivilTime, other: CivilTime) -> Bool { !(other < one) }

    private var order: [Int] { [year, month, day, hour, minute, second] }

    fileprivate var quarterLater: CivilTime {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        let lengths = [31, leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var later = self
        later.minute += 15
        if later.minute == 60 { (later.minute, later.hour) = (0, hour + 1) }
        if later.hour == 24 { (later.hour, later.day) = (0, day + 1) }
        if later.day > lengths[month - 1] { (later.day, later.month) = (1, month + 1) }
        if later.month == 13 { (later.month, later.year) = (1, year + 1) }
        return later
    }
}
