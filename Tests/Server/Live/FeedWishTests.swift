import Feeds
import Loop
import Testing

@testable import Server

/// What a feed is wanted as is held against what it is, by whichever way somebody comes.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct FeedWishTests {
    @Test(arguments: [
        ("kept", #""window":"latest""#, "window=latest", 409, "window=recent"),
        ("kept", #""type":"other""#, "type=other", 409, "of type line"),
        ("kept", #""type":"end""#, "type=end", 400, "take another"),
        ("kept", #""window":"bogus""#, "window=bogus", 400, "bogus"),
        ("new", #""window":"recent","type":"gap""#, "window=recent&type=gap", 400, "take another"),
    ])
    func aFeedIsNotHadAsSomethingElse(
        name: String, members: String, query: String, status: Int, word: String
    ) async throws {
        try await withLiveGround(loops: 1) { ground in
            let client = try ground.client()
            _ = try client.request("POST /api/v1/feeds/kept?window=recent&type=line", body: "1")
            let answer = try client.request("POST /api/v1/feeds/\(name)?\(query)", body: "2")
            #expect(answer.status == status)
            #expect(answer.body.contains(word), "\(answer.body)")
            let socket = try ground.listen(to: "/api/v1/ws")
            try socket.say(#"{"op":"open","channel":1,"path":"/feeds/\#(name)",\#(members)}"#)
            let closed = try socket.text()
            #expect(member("type", of: closed) == #""closed""#)
            #expect(closed.contains(#""code":4\#(status)"#) && closed.contains(word), "\(closed)")
            #expect(try client.request("GET /api/v1/feeds/new").status == 404)
        }
    }

    @Test(arguments: [#""window":5"#, #""type":["line"]"#])
    func aWishThatIsNoTextIsRefused(members: String) async throws {
        try await withLiveGround(loops: 1) { ground in
            _ = try ground.client().request("POST /api/v1/feeds/kept?type=line", body: "1")
            let socket = try ground.listen(to: "/api/v1/ws")
            for path in ["/feeds/kept", "/routes"] {
                try socket.say(#"{"op":"open","channel":1,"path":"\#(path)",\#(members)}"#)
                #expect(try socket.text().contains(#""code":4400"#))
            }
        }
    }

    @Test func aFeedIsHadAsWhatItIs() async throws {
        try await withLiveGround(loops: 1) { ground in
            _ = try ground.client().request("POST /api/v1/feeds/kept?type=line", body: "1")
            let socket = try ground.listen(to: "/api/v1/ws")
            try socket.say(
                #"{"op":"open","channel":1,"path":"/feeds/kept","window":"latest","type":"line","after":null}"#
            )
            #expect(member("data", of: try socket.text()) == "1")
            try socket.say(#"{"op":"open","channel":2,"path":"/feeds/kept","window":null,"type":null}"#)
            #expect(member("data", of: try socket.text()) == "1")
        }
    }
}
