import Loop
import Testing

@testable import Sessions

@Suite struct SessionIDTests {
    private static let start = Instant(nanoseconds: 5_000_000_000)
    private static let wall: Int64 = 1_800_000_000_000

    private func maker(_ origin: Int) -> SessionIDMaker {
        SessionIDMaker(origin: origin, now: Self.start, wallMilliseconds: Self.wall)
    }

    @Test func isThirteenLettersThatReadBackAsTheSame() throws {
        var maker = maker(1023)
        let id = maker.next(at: Self.start + .seconds(3600))
        let text = id.description
        #expect(text.utf8.count == 13)
        #expect(SessionID(text) == id)
        #expect(SessionID(text.uppercased()) == id)
        #expect(SessionID("o" + text.dropFirst()) == SessionID("0" + text.dropFirst()))
    }

    @Test(arguments: ["", "0", "00000000000000", "000000000000u", "g000000000000", "000000000000é"])
    func refusesWhatIsNoID(text: String) {
        #expect(SessionID(text) == nil)
    }

    @Test func saysWhenAndWhereTheSessionWasOpened() {
        var maker = maker(3)
        let id = maker.next(at: Self.start + .milliseconds(1234))
        #expect(id.milliseconds == Self.wall + 1234)
        #expect(maker.instant(of: id) == Self.start + .milliseconds(1234))
        #expect(id.origin == 3)
    }

    @Test func isUniqueAndInOrderHoweverManyAreOpenedAtOnce() {
        var makers = [maker(0), maker(1)]
        var seen: Set<SessionID> = []
        for index in makers.indices {
            let ids = (0..<20_000).map { _ in makers[index].next(at: Self.start) }
            #expect(ids == ids.sorted())
            seen.formUnion(ids)
        }
        #expect(seen.count == 40_000)
    }
}
