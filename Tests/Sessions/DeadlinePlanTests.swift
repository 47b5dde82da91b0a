import Loop
import Testing

@testable import Sessions

@Suite struct DeadlinePlanTests {
    private let start = Instant(nanoseconds: 0)

    @Test func tellsOfEachDeadlineOnceAndThenEnds() {
        var plan = DeadlinePlan(SessionLimits(idle: .seconds(300)), now: start)
        #expect(plan.step(at: start) == .wait(until: start + .seconds(270)))
        #expect(plan.step(at: start + .seconds(270)) == .tell(.idle, at: start + .seconds(300)))
        #expect(plan.step(at: start + .seconds(270)) == .wait(until: start + .seconds(300)))
        #expect(plan.step(at: start + .seconds(300)) == .end(.idle))
    }

    @Test func activityAfterTheNoticeBeginsTheIdleTimeAnew() {
        var plan = DeadlinePlan(SessionLimits(idle: .seconds(300)), now: start)
        _ = plan.step(at: start + .seconds(270))
        plan.noteActivity(at: start + .seconds(280))
        #expect(plan.step(at: start + .seconds(300)) == .wait(until: start + .seconds(550)))
        #expect(plan.step(at: start + .seconds(550)) == .tell(.idle, at: start + .seconds(580)))
    }

    @Test func theEarlierOfTheTwoLimitsCounts() {
        var plan = DeadlinePlan(SessionLimits(idle: .seconds(300), life: .seconds(400)), now: start)
        plan.noteActivity(at: start + .seconds(200))
        #expect(plan.next == (.deadline, start + .seconds(400)))
    }

    @Test(arguments: [(true, 700), (false, 400)])
    func extendingGivesAWholeLifeOnlyWhereThatIsAllowed(allowed: Bool, end: Int) {
        let limits = SessionLimits(life: .seconds(400), lifeMayBeExtended: allowed)
        var plan = DeadlinePlan(limits, now: start)
        plan.extend(at: start + .seconds(300))
        #expect(plan.next == (.deadline, start + .seconds(end)))
    }

    @Test func withoutLimitsThereIsNothingToWaitFor() {
        var plan = DeadlinePlan(SessionLimits(), now: start)
        #expect(plan.step(at: start + .seconds(1_000_000)) == .wait(until: .distantFuture))
    }
}
