/// Deliveries of a `recent` feed by the whole server, as `holdfast serve` runs it.
///
/// What is published comes over the multiplexed socket, a burst in one write: so the server has all of a burst
/// before it tells a reader of it. Half of the readers and all of them are compared: what the second half
/// adds is what deliveries cost, and the rest is what publishing does.
final class FanOut {
    private static let rounds = 12
    private static let feed = "/api/v1/ws/feeds/counts"
    private static let publication =
        #"{"op":"send","channel":1,"data":{"id":12345,"status":"running","phase":"build"}}"#

    private let server: RunningServer
    private let publisher: Client
    private var readers: [Client] = []

    init(_ server: RunningServer) throws {
        self.server = server
        publisher = try Client(to: "/api/v1/ws", port: server.port, token: server.token)
        try publisher.send(
            Client.frames(#"{"op":"open","channel":1,"path":"/feeds/counts","window":"recent"}"#)
                + Client.frames(Self.publication))
        try publisher.hear(1)
    }

    /// The findings for so many messages waiting for each reader, with up to `count` readers.
    func findings(burstsOf sizes: [Int], readers count: Int) throws -> [Finding] {
        let half = count / 2
        try grow(to: half)
        let few = try sizes.map { try measure(burstsOf: $0) }
        try grow(to: count)
        let many = try sizes.map { try measure(burstsOf: $0) }
        return zip(sizes, zip(few, many)).flatMap { size, counts in
            let (few, many) = counts
            let added = many - few
            let bursts = Self.bursts * (count - half)
            return [
                Finding(
                    what: "delivered, \(size) pending", counts: added, messages: bursts * size, bursts: bursts
                ),
                Finding(
                    what: "published, \(size) at once", counts: few - added, messages: Self.bursts * size,
                    bursts: nil),
            ]
        }
    }

    private static let bursts = 8

    private func grow(to count: Int) throws {
        while readers.count < count {
            readers.append(try Client(to: Self.feed, port: server.port, token: server.token))
        }
    }

    private func measure(burstsOf size: Int) throws -> Counts {
        let burst = Client.frames(Self.publication, times: size)
        return try Counts.least(of: Self.rounds) {
            for _ in 0..<Self.bursts {
                try publisher.send(burst)
                for reader in readers { try reader.hear(size) }
                publisher.discard()
            }
        }
    }
}
