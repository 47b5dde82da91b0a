import Configuration
import Loop
import Testing

@testable import Server

@Suite struct AttemptLimitTests {
    private static let window = Duration.seconds(60)

    private static func need(_ key: String, room: Int) -> AttemptLimit.Need {
        AttemptLimit.Need(key: .stranger(key), room: room)
    }

    private static func at(_ seconds: Int) -> Instant { Instant(nanoseconds: 0) + .seconds(seconds) }

    @Test func aBucketTakesItsRoomAtOnceAndThenOneAtATime() {
        let limit = AttemptLimit()
        func wait(_ seconds: Int) -> Duration? {
            limit.begin([Self.need("ann", room: 3)], at: Self.at(seconds), within: Self.window)?.wait
        }
        for _ in 0..<3 { #expect(wait(0) == nil) }
        #expect(wait(0) == .seconds(20))
        #expect(wait(15) == .seconds(5))
        #expect(wait(20) == nil)
        #expect(wait(20) == .seconds(20))
        #expect(limit.begin([Self.need("bob", room: 3)], at: Self.at(20), within: Self.window) == nil)
        // After a whole window without any nothing of it is left.
        for _ in 0..<3 { #expect(wait(100) == nil) }
    }

    @Test func whatOneBucketRefusesFillsNoOther() {
        let limit = AttemptLimit()
        let (small, large) = (Self.need("small", room: 1), Self.need("large", room: 2))
        #expect(limit.begin([large, small], at: Self.at(0), within: Self.window) == nil)
        for _ in 0..<5 { #expect(limit.begin([large, small], at: Self.at(0), within: Self.window) != nil) }
        #expect(limit.begin([large], at: Self.at(0), within: Self.window) == nil)
    }

    @Test func successIsNoFailure() {
        let limit = AttemptLimit()
        let needs = [Self.need("ann", room: 2)]
        for second in 0..<50 {
            #expect(limit.begin(needs, at: Self.at(second), within: Self.window) == nil)
            limit.withdraw(needs, within: Self.window)
        }
    }

    @Test func onlyTheFirstOfManyRefusalsIsNews() {
        let limit = AttemptLimit()
        let need = Self.need("ann", room: 1)
        _ = limit.begin([need], at: Self.at(0), within: Self.window)
        let news = (0..<5).map { _ in
            limit.begin([need], at: Self.at(1), within: Self.window)?.isFirst
        }
        #expect(news == [true, false, false, false, false])
        _ = limit.begin([need], at: Self.at(60), within: Self.window)
        #expect(limit.begin([need], at: Self.at(61), within: Self.window)?.isFirst == true)
    }

    @Test func aFloodOfMadeUpNamesDoesNotGrowTheMemory() {
        let limit = AttemptLimit()
        let full = Self.need("ann", room: 1)
        _ = limit.begin([full], at: Self.at(0), within: Self.window)
        for number in 0..<50_000 {
            let now = Self.at(0) + .microseconds(number)
            _ = limit.begin([Self.need("made up \(number)", room: 100)], at: now, within: Self.window)
        }
        #expect(limit.count <= 20_000)
        // The fullest stay.
        #expect(limit.begin([full], at: Self.at(1), within: Self.window) != nil)
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff::9", "2001:db8::/64"), ("2001:db8:0:1::9", "2001:db8:0:1::/64"),
        ("127.0.0.1", "local"), ("127.9.9.9", "local"), ("::1", "local"), ("::ffff:127.0.0.1", "local"),
        ("unix", "local"),
    ])
    func anAddressCountsAsItsNetwork(_ address: String, _ network: String) {
        #expect(AskerNetwork(of: address).description == network)
    }
}
