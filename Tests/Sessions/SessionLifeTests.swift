import Sessions
import Testing

@Suite struct SessionLifeTests {
    @Test func goesFromOpeningToClosedOnce() {
        var life = SessionLife()
        #expect(life.phase == .opening)
        var steps = [life.opened()]
        #expect(life.phase == .open)
        steps.append(life.end(.completed))
        #expect(life.phase == .closing)
        steps.append(life.close())
        #expect(life.phase == .closed)
        #expect(steps == [true, true, true])
        let again = [life.opened(), life.end(.idle), life.close()]
        #expect(again == [false, false, false])
        #expect(life.reason == .completed)
    }

    @Test(arguments: EndingReason.allCases)
    func keepsTheFirstReason(reason: EndingReason) {
        var life = SessionLife()
        let first = life.end(reason)
        let second = life.end(.serverShutdown)
        let opened = life.opened()
        #expect((first, second, opened) == (true, false, false))
        #expect(life.reason == reason)
    }

    @Test func isNotClosedBeforeItEnds() {
        var life = SessionLife()
        let closed = life.close()
        #expect(!closed)
        #expect(life.phase == .opening)
    }
}
