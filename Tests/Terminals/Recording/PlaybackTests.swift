import Loop
import Terminals
import Testing

@Suite struct PlaybackTests {
    private static func at(_ seconds: Double) -> Instant {
        Instant(nanoseconds: 0) + .milliseconds(Int64(seconds * 1000))
    }

    @Test func eventsAreDueAsFarApartAsTheyWere() {
        var playback = Playback(speed: 1, idleLimit: nil)
        playback.expect(.seconds(2), now: Self.at(100))
        #expect(playback.deadline == Self.at(102))
        // A writer that was late does not shift what follows.
        playback.expect(.seconds(5), now: Self.at(104))
        #expect(playback.deadline == Self.at(105))
    }

    @Test func pausesAreShortenedAndAllIsSpedUp() {
        var playback = Playback(speed: 2, idleLimit: .seconds(3))
        playback.expect(.seconds(1), now: Self.at(0))
        #expect(playback.deadline == Self.at(0.5))
        playback.expect(.seconds(100), now: Self.at(0.5))
        #expect(playback.deadline == Self.at(2))
    }

    @Test func aPauseShiftsWhatFollows() {
        var playback = Playback(speed: 1, idleLimit: nil)
        playback.expect(.seconds(10), now: Self.at(0))
        playback.toggle(now: Self.at(4))
        #expect(playback.deadline == .distantFuture)
        playback.toggle(now: Self.at(1000))
        #expect(playback.deadline == Self.at(1006))
        playback.expect(.seconds(11), now: Self.at(1006))
        #expect(playback.deadline == Self.at(1007))
    }
}
