import Loop
import Sessions
import TestKit
import Testing
import Wire

@Suite struct DeflatedLogTests {
    private static let agreed = PermessageDeflate(
        server: PermessageDeflate.Side(keepsContext: false),
        client: PermessageDeflate.Side(keepsContext: false))

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func compressedAndPlainReadersGetTheSame(seed: UInt64) async throws {
        try await onLoop { loop in
            var random = SeededRandom(seed: seed)
            let log = Log(.recent(entries: 60, bytes: 4000))
            let deflater = try Deflater(Self.agreed.server, threshold: 40)
            let plain = Listener(room: 0)
            log.attach(plain, after: 0, on: loop)
            log.say(30, on: loop)
            let readers = (0..<4).map { _ in Listener(room: 0, deflate: Self.agreed) }
            for reader in readers { log.attach(reader, after: 0, deflatedBy: deflater, on: loop) }
            for _ in 0..<400 {
                log.say(Int.random(in: 0...6, using: &random), on: loop)
                let reader = (readers + [plain]).randomElement(using: &random)!
                reader.drain(Int.random(in: 0...900, using: &random), on: loop)
                if Bool.random(using: &random) { await turn(on: loop) }
            }
            for reader in readers + [plain] {
                reader.drain(.max, on: loop)
                expectExact(reader.all, from: 1, to: log.head)
            }
            let both = log.memory
            for reader in readers { log.detach(reader, on: loop) }
            #expect(log.memory < both)
        }
    }
}
