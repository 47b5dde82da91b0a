import CLinux
import Loop
import Testing

@testable import Transport

@Suite struct OutboundTests {
    /// A peer can see to it that something always waits, by taking no more than it makes the server say.
    @Test func aQueueThatIsNeverEmptyKeepsNoMoreThanTwiceWhatWaits() throws {
        var ends: [CInt] = [0, 0]
        try #require(
            unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
        let ours = Socket(Descriptor(owning: ends[0]))
        let theirs = Socket(Descriptor(owning: ends[1]))
        let piece = [UInt8](repeating: 1, count: 64 << 10)
        var taken = piece
        var queue = Outbound()
        var most = 0
        // More than the kernel takes, and then as much as is taken from it.
        for turn in 0..<1000 {
            unsafe piece.withUnsafeBytes { unsafe queue.append($0) }
            if turn > 64 { _ = unsafe taken.withUnsafeMutableBytes { unsafe theirs.read(into: $0) } }
            _ = queue.flush(to: ours)
            most = max(most, queue.memory - 2 * queue.count)
        }
        #expect(queue.count > 0)
        #expect(most <= 2 * piece.count)
        ours.close()
        theirs.close()
    }
}
