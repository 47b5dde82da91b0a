import CLinux
import Glibc
import Loop
import Wire

/// Readers that read, on a feed that one of them publishes to as fast as all of them hear it: so much is always
/// under way that the server is never idle, and never more than the feed keeps.
final class Audience {
    private static let underWay = 16

    /// The first of them is the publisher, who hears what it says on its channel of the multiplexed socket.
    private let peers: [Peer]
    /// The last message that each of them heard.
    private var heard: [Int]
    private var sentAt: [Instant] = []
    private let filler = String(repeating: "x", count: 1000)

    /// - Parameter first: the number of the one message that was published to `feed`, which they have.
    init(of server: ServerUnderTest, feed: String, after first: Int) throws {
        let publisher = try Peer(port: server.port)
        try publisher.upgrade("/api/v1/ws", token: server.token)
        try publisher.send(
            Peer.frame(.text, #"{"op":"open","channel":1,"path":"/feeds/\#(feed)","after":\#(first)}"#))
        let readers = try (0..<20).map { _ in
            let peer = try Peer(port: server.port)
            try peer.upgrade("/api/v1/ws/feeds/\(feed)?after=\(first)", token: server.token)
            return peer
        }
        peers = [publisher] + readers
        heard = peers.map { _ in 0 }
    }

    var size: Int { peers.count }

    func leave() { for peer in peers { peer.close() } }

    /// Publishes so many more messages, and waits until each of the audience has heard each of them, once and in
    /// order; how long they took to come.
    func hear(_ count: Int) throws -> Latencies {
        var latencies = Latencies()
        let last = sentAt.count + count
        var waiting = peers.map { pollfd(fd: $0.raw, events: Int16(POLLIN), revents: 0) }
        while let slowest = heard.min(), slowest < last {
            while sentAt.count < last, sentAt.count - slowest < Self.underWay { try publish() }
            try expect(unsafe poll(&waiting, nfds_t(waiting.count), 20_000) > 0, "nothing came within 20 s")
            for index in peers.indices where waiting[index].revents != 0 {
                try take(from: index, into: &latencies)
            }
        }
        return latencies
    }

    private func publish() throws {
        sentAt.append(SystemClock().now)
        let body = #"{"op":"send","channel":1,"data":{"n":\#(sentAt.count),"x":"\#(filler)"}}"#
        try peers[0].send(Peer.frame(.text, body))
    }

    private func take(from index: Int, into latencies: inout Latencies) throws {
        let messages = try peers[index].messages()
        let now = SystemClock().now
        for message in messages {
            let number = Self.number(in: message)
            try expect(number == heard[index] + 1, "a reader heard \(message) after \(heard[index])")
            heard[index] += 1
            latencies.add(now - sentAt[heard[index] - 1])
        }
    }

    private static func number(in message: Peer.Message) -> Int? {
        guard case .text(var text) = message else { return nil }
        return text.withUTF8 { bytes in
            // Of hundreds of thousands of messages: the audience must not be what is slow.
            guard let start = bytes.baseAddress else { return nil }
            let found = unsafe hf_find_bytes(start, bytes.count, mark, mark.count)
            guard found >= 0 else { return nil }
            var number = 0
            for byte in unsafe Array(bytes[(found + mark.count)...].prefix(10)) {
                guard (48...57).contains(byte) else { break }
                number = number * 10 + Int(byte) - 48
            }
            return number
        }
    }

    private static let mark = Array(#""n":"#.utf8)
}
