import JSONCoding
import Loop
import Testing
import Workflows

@Suite struct SchedulerTests {
    private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    private static func schedule(_ cron: String, _ catchUp: Schedule.CatchUp = .none) throws -> Schedule {
        Schedule(name: "nightly", cron: try CronExpression(cron), workflow: "hello", catchUp: catchUp)
    }

    @Test func whatIsDueIsDueOnceAndThenTheNextIsWaitedFor() throws {
        let noon = try Self.time("2026-01-01T12:00:00Z")
        var scheduler = Scheduler([try Self.schedule("*/10 * * * *")], known: [], now: noon)
        let first = scheduler.decide(at: noon)
        #expect(first.firings.isEmpty)
        #expect(first.next?.rfc3339 == "2026-01-01T12:10:00.000Z")
        let due = try Self.time("2026-01-01T12:10:00.020Z")
        let decision = scheduler.decide(at: due)
        #expect(decision.firings.map(\.at.rfc3339) == ["2026-01-01T12:10:00.000Z"])
        #expect(decision.missed == [])
        #expect(scheduler.decide(at: due).firings.isEmpty)
        // The clock is put back by a minute, and comes round once more.
        #expect(scheduler.decide(at: try Self.time("2026-01-01T12:09:00Z")).firings.isEmpty)
        #expect(scheduler.decide(at: due).firings.isEmpty)
    }

    @Test(arguments: [(Schedule.CatchUp.none, []), (.one, ["2026-01-05T03:00:00.000Z"])])
    func whatWasMissedWhileTheServerWasDownIsLeftOutOrMadeUpForOnce(
        catchUp: Schedule.CatchUp, expected: [String]
    ) throws {
        let schedule = try Self.schedule("0 3 * * *", catchUp)
        let start = try Self.time("2026-01-01T12:00:00Z")
        var scheduler = Scheduler([schedule], known: [], now: start)
        let known = scheduler.decide(at: start).progress
        let back = try Self.time("2026-01-05T08:00:00Z")
        var again = Scheduler([schedule], known: known, now: back)
        let decision = again.decide(at: back)
        #expect(decision.firings.map(\.at.rfc3339) == expected)
        #expect(decision.missed == ["nightly"])
        #expect(decision.next?.rfc3339 == "2026-01-06T03:00:00.000Z")
        // And a second restart finds nothing more.
        var third = Scheduler([schedule], known: decision.progress, now: back)
        #expect(third.decide(at: back).firings.isEmpty)
    }

    @Test func aQuickRestartOverATimeStillKeepsIt() throws {
        let schedule = try Self.schedule("0 3 * * *")
        let start = try Self.time("2026-01-01T02:59:50Z")
        var scheduler = Scheduler([schedule], known: [], now: start)
        let known = scheduler.decide(at: start).progress
        let back = try Self.time("2026-01-01T03:00:20Z")
        var again = Scheduler([schedule], known: known, now: back)
        #expect(again.decide(at: back).firings.map(\.at.rfc3339) == ["2026-01-01T03:00:00.000Z"])
    }

    @Test func newTimesBeginWithoutMakingUpForTheOldOnes() throws {
        let start = try Self.time("2026-01-01T12:00:00Z")
        var scheduler = Scheduler([try Self.schedule("0 3 * * *", .one)], known: [], now: start)
        let known = scheduler.decide(at: start).progress
        let back = try Self.time("2026-01-05T08:00:00Z")
        var again = Scheduler([try Self.schedule("0 4 * * *", .one)], known: known, now: back)
        #expect(again.decide(at: back).firings.isEmpty)
    }

    @Test func aYearOfMinutesIsMadeUpForAtOnce() throws {
        let schedule = try Self.schedule("* * * * *", .one)
        let start = try Self.time("2025-01-01T12:00:00Z")
        let known = [Scheduler.Progress(schedule: "nightly", rule: "* * * * * UTC", seen: start)]
        let back = try Self.time("2026-01-01T12:00:30Z")
        var scheduler = Scheduler([schedule], known: known, now: back)
        #expect(scheduler.decide(at: back).firings.map(\.at.rfc3339) == ["2026-01-01T12:00:00.000Z"])
    }

    @Test func aClockThatWasFarAheadDoesNotHoldASchedule() throws {
        let schedule = try Self.schedule("0 3 * * *")
        let wrong = try Self.time("2031-01-01T12:00:00Z")
        let known = [Scheduler.Progress(schedule: "nightly", rule: "0 3 * * * UTC", seen: wrong)]
        let now = try Self.time("2026-01-01T12:00:00Z")
        var scheduler = Scheduler([schedule], known: known, now: now)
        #expect(scheduler.decide(at: now).next?.rfc3339 == "2026-01-02T03:00:00.000Z")
    }
}
