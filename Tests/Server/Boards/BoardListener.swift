import Testing

/// Somebody who only listens to one feed. It counts what comes, and finds out what is said twice, left out, or no news.
final class BoardListener {
    let name: String
    let client: RawClient
    /// Messages since the first.
    private(set) var count: UInt64 = 0
    private(set) var last: String
    private let first: UInt64

    init(_ name: String, _ ground: BoardGround) throws {
        self.name = name
        client = try ground.listen(to: "/api/v1/ws/\(name)")
        last = try client.text()
        first = try #require(Self.seq(of: last))
    }

    var seq: UInt64 { first + count }
    var pings: Int { client.pingCount }

    /// Hears the next message.
    func hear() throws { try take(client.text()) }

    /// Everything that was said until now, and nothing else, has come when this is back.
    func catchUp() throws {
        try client.say(#"{"type":"ping"}"#)
        while case let text = try client.text(), !text.hasPrefix(#"{"type":"pong""#) { try take(text) }
    }

    private func take(_ text: String) throws {
        count += 1
        #expect(try #require(Self.seq(of: text)) == seq, "\(name): \(text)")
        #expect(content(of: text) != content(of: last), "\(name) says the same again: \(text)")
        last = text
    }

    private func content(of message: String) -> [String?] {
        ["data", "stale"].map { member($0, of: message) }
    }

    private static func seq(of message: String) -> UInt64? { member("seq", of: message).flatMap(UInt64.init) }
}
