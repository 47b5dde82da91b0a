import Loop
import Testing

@testable import Server

@Suite struct SmallTalkTests {
    @Test func aBurstIsHeardAndThenOneAtATime() {
        var talk = SmallTalk()
        let start = Instant(nanoseconds: 7_000_000_000)
        let burst = (0...SmallTalk.most).map { _ in talk.mayContinue(at: start) }
        #expect(burst == Array(repeating: true, count: SmallTalk.most) + [false])
        let later = (0..<2).map { _ in talk.mayContinue(at: start + .milliseconds(50)) }
        #expect(later == [true, false])
    }

    /// The place where the time is kept comes round in less than an hour.
    @Test func aPeerThatSpeaksSlowlyIsHeardForDays() {
        var talk = SmallTalk()
        var now = Instant(nanoseconds: 0)
        for minute in 0..<10_000 {
            now = now + .seconds(60) + .milliseconds(minute % 977)
            let isHeard = talk.mayContinue(at: now)
            #expect(isHeard)
        }
    }
}
