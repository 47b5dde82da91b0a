import Loop
import Testing
import Workflows

@Suite struct NotificationPlanTests {
    private static let made = Timestamp(milliseconds: 1_000_000)

    private func judge(_ attempt: NotificationPlan.Attempt, _ attempts: Int = 1, after seconds: Int64 = 0)
        -> NotificationPlan.Verdict
    {
        NotificationPlan().judge(
            attempt, attempts: attempts, created: Self.made,
            now: Timestamp(milliseconds: Self.made.milliseconds + seconds * 1000))
    }

    @Test(arguments: [200, 202, 204, 299]) func whatIsTakenIsDelivered(status: Int) {
        #expect(judge(.answered(status)) == .delivered)
    }

    @Test(arguments: [400, 401, 404, 410, 422, 499]) func whatIsRefusedIsNotTriedAgain(status: Int) {
        guard case .over = judge(.answered(status)) else {
            Issue.record("it would be tried again")
            return
        }
    }

    @Test(arguments: [100, 301, 302, 408, 429, 500, 503, 599]) func anythingElseIs(status: Int) {
        guard case .again(let at, _) = judge(.answered(status)) else {
            Issue.record("it would not be tried again")
            return
        }
        #expect(at.milliseconds == Self.made.milliseconds + 1000)
    }

    @Test(arguments: [(1, 1), (2, 2), (3, 4), (10, 512), (11, 600), (1000, 600)])
    func thePausesDoubleUpToTenMinutes(attempts: Int, seconds: Int64) {
        let verdict = judge(.failed("It is away.", mayBeTriedAgain: true), attempts)
        #expect(
            verdict
                == .again(
                    at: Timestamp(milliseconds: Self.made.milliseconds + seconds * 1000),
                    problem: "It is away."))
    }

    @Test func afterADayItIsOver() {
        let day: Int64 = 24 * 3600
        guard case .again = judge(.answered(500), 150, after: day - 600) else {
            Issue.record("it is over too early")
            return
        }
        #expect(
            judge(.answered(500), 151, after: day - 599)
                == .over(problem: "It answered 500. There were 151 attempts."))
        #expect(judge(.failed("No address.", mayBeTriedAgain: false)) == .over(problem: "No address."))
    }
}
