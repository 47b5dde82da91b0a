import Feeds
import Loop
import Sessions
import Testing
import Transport

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct ChannelSessionTests {
    private static func open(_ channel: Int, _ feed: String, over client: RawClient) throws {
        try client.say(#"{"op":"open","channel":\#(channel),"path":"/feeds/\#(feed)","after":0}"#)
        #expect(try client.text().hasPrefix(#"{"channel":\#(channel),"type":"\#(feed)_update","seq":1,"#))
    }

    /// A publisher who has begun some feeds, and a listener with a channel for each, from 1 on.
    private static func listener(to feeds: [String], in ground: LiveGround) throws -> (RawClient, RawClient) {
        let publisher = try ground.client()
        for feed in feeds {
            _ = try publisher.request("POST /api/v1/feeds/\(feed)?window=recent", body: "1")
        }
        let client = try ground.listen(to: "/api/v1/ws", headers: "X-Account: bert\r\n")
        for (index, feed) in feeds.enumerated() { try open(index + 1, feed, over: client) }
        return (publisher, client)
    }

    @Test func aChannelIsListedWithItsOwnerItsSocketAndItsPath() async throws {
        try await withLiveGround { ground in
            let (asker, client) = try Self.listener(to: ["a", "b"], in: ground)
            let socket = try #require(asker.sessions("?kind=websocket").first)
            #expect(socket.holds == ["descriptors": 1, "watches": 1, "timers": 1])
            let channels = try asker.sessions("?kind=channel")
            #expect(channels.allSatisfy { $0.account == "bert" && $0.holds == ["subscriptions": 1] })
            #expect(
                channels.map(\.peer) == [
                    "channel 1 of \(socket.id): /feeds/a", "channel 2 of \(socket.id): /feeds/b",
                ])
            try client.sayGoodbye()
            client.cut()
            _ = try asker.sessions(count: 1)
            #expect(await ground.sessions.totals().closed(.channel, .peerLeft) == 2)
        }
    }

    @Test func endingOneChannelLeavesItsSibling() async throws {
        try await withLiveGround { ground in
            let (asker, client) = try Self.listener(to: ["a", "b"], in: ground)
            let first = try #require(asker.sessions("?kind=channel").first)
            #expect(try asker.end(first).status == 204)
            let closed = try client.text()
            #expect(closed.hasPrefix(#"{"channel":1,"type":"closed","#))
            #expect(
                member("data", of: closed)
                    == #"{"code":1000,"reason":"Ended by anna","name":"cancelled","retry":false}"#)
            #expect(try asker.end(first).status == 404)
            _ = try asker.request("POST /api/v1/feeds/b", body: "2")
            #expect(try client.text().hasPrefix(#"{"channel":2,"type":"b_update","seq":2,"#))
            #expect(try asker.sessions("?kind=channel").count == 1)
            // Its number is free again.
            try Self.open(1, "a", over: client)
        }
    }

    @Test(arguments: [
        ("peer_left", #"{"op":"close","channel":1}"#), ("completed", ""),
    ])
    func aChannelEndsOnceForItsOwnReason(name: String, operation: String) async throws {
        try await withLiveGround { ground in
            let (asker, client) = try Self.listener(to: ["a", "b"], in: ground)
            if operation.isEmpty {
                _ = try asker.request("DELETE /api/v1/feeds/a")
            } else {
                try client.say(operation)
            }
            let closed = try client.text()
            #expect(closed.hasPrefix(#"{"channel":1,"type":"closed","#))
            #expect(closed.contains(#""name":"\#(name)""#))
            #expect(try asker.sessions("?kind=channel", count: 1).first?.peer.hasSuffix("/feeds/b") == true)
            let reason = try #require(EndingReason.allCases.first { $0.name == name })
            #expect(await ground.sessions.totals().closed(.channel, reason) == 1)
        }
    }

    @Test func channelsThatAreStillEndingCount() async throws {
        try await withLiveGround { ground in
            let (client, asker) = (try ground.listen(to: "/api/v1/ws"), try ground.client())
            var refused: [Int] = []
            // One of the two is at home on another loop than the socket, and reached by a task.
            for (feed, loop) in zip(["x", "y"], ground.group.loops) {
                _ = ground.feeds.makeBuiltIn(try #require(FeedName(feed)), on: loop)
                let churn = (0..<12).flatMap { channel in
                    [
                        #"{"op":"open","channel":\#(channel),"path":"/feeds/\#(feed)"}"#,
                        #"{"op":"close","channel":\#(channel)}"#,
                    ]
                }
                // In one write, so that no task comes to its end in between.
                try client.say(churn + [#"{"type":"ping"}"#])
                refused.append(0)
                while case let answer = try client.text(), member("type", of: answer) != #""pong""# {
                    if answer.contains(#""status":429"#) { refused[refused.count - 1] += 1 }
                }
                _ = try asker.sessions("?kind=channel", count: 0)
            }
            #expect(refused.sorted() == [0, 4])
            try client.sayGoodbye()
            client.cut()
        }
    }

    @Test func channelsEndWithTheirSocketAndItsEndingIsToldOnce() async throws {
        try await withLiveGround { ground in
            let (asker, client) = try Self.listener(to: ["a", "b", "c"], in: ground)
            let socket = try #require(asker.sessions("?kind=websocket").first)
            #expect(try asker.end(socket).status == 204)
            #expect(try asker.sessions("?kind=channel").isEmpty)
            #expect(member("type", of: try client.text()) == #""end""#)
            #expect(try client.hear() == .close(1000, "Ended by anna"))
            try client.sayGoodbye()
            client.cut()
            _ = try asker.sessions("?kind=websocket", count: 0)
            let totals = await ground.sessions.totals()
            #expect(totals.closed(.channel, .cancelled) == 3)
            #expect(totals.closed(.websocket, .cancelled) == 1)
        }
    }

    @Test func aChannelThatCannotBeHadIsNoSession() async throws {
        try await withLiveGround { ground in
            let client = try ground.listen(to: "/api/v1/ws")
            try client.say(#"{"op":"open","channel":1,"path":"/feeds/none"}"#)
            _ = try client.text()
            #expect(await ground.sessions.totals().opened(.channel) == 0)
        }
    }
}
