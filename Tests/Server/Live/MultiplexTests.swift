import Feeds
import Loop
import Sessions
import Testing
import Transport
import Wire

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct MultiplexTests {
    /// Hears until something of that type comes on that channel.
    private func hear(_ type: String, on channel: Int, from client: RawClient) throws -> String {
        while true {
            let text = try client.text()
            if text.hasPrefix(#"{"channel":\#(channel),"#), member("type", of: text) == "\"\(type)\"" {
                return text
            }
        }
    }

    @Test func oneSocketCarriesManyFeedsAndPublishesToThem() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            for name in ["a", "b", "c"] {
                _ = try publisher.request("POST /api/v1/feeds/\(name)?window=recent", body: #""first""#)
            }
            for _ in 0..<4 {
                let client = try ground.listen(to: "/api/v1/ws")
                try client.say(#"{"op":"open","channel":1,"path":"/feeds/a","after":0}"#)
                try client.say(#"{"op":"open","channel":2,"path":"/api/v1/ws/feeds/b","after":0}"#)
                // Between two feeds there is no order.
                let firsts = try [client.text(), client.text()].sorted()
                #expect(firsts.map { member("type", of: $0) } == [#""a_update""#, #""b_update""#])
                #expect(firsts.map { member("data", of: $0) } == [#""first""#, #""first""#])
                let count = 200
                for number in 1...count {
                    try client.say(#"{"op":"send","channel":1,"data":{"n": \#(number)}}"#)
                }
                var expected = 1
                while expected <= count {
                    let data = member("data", of: try hear("a_update", on: 1, from: client))
                    if data == #"{"n":\#(expected)}"# { expected += 1 }
                }
                try client.say(#"{"op":"close","channel":1}"#)
                let closed = try hear("closed", on: 1, from: client)
                #expect(member("data", of: closed)?.hasPrefix(#"{"code":1000,"#) == true)
                _ = try publisher.request("DELETE /api/v1/feeds/b")
                let deleted = try hear("closed", on: 2, from: client)
                #expect(
                    member("data", of: deleted)?.hasPrefix(#"{"code":1000,"reason":"Feed deleted""#) == true)
                _ = try publisher.request("POST /api/v1/feeds/b?window=recent", body: #""first""#)
                _ = try publisher.request("DELETE /api/v1/feeds/a")
                _ = try publisher.request("POST /api/v1/feeds/a?window=recent", body: #""first""#)
            }
        }
    }

    @Test(arguments: [
        ("no JSON", "wrong at byte 0"),
        ("[]", "An operation is an object"),
        (#"{"op":"open","path":"/feeds/a"}"#, "`channel`"),
        (#"{"op":"open","channel":-1,"path":"/feeds/a"}"#, "`channel`"),
        (#"{"op":"open","channel":1}"#, "`path`"),
        (#"{"op":"open","channel":1,"path":"/feeds/a","after":"x"}"#, "`after`"),
        (#"{"op":"close","channel":1}"#, "not open"),
        (#"{"op":"send","channel":1,"data":1}"#, "not open"),
        (#"{"op":"dance","channel":1}"#, "`op`"),
    ])
    func whatCannotBeDoneIsToldWithWhatToMend(operation: String, word: String) async throws {
        try await withLiveGround(loops: 1) { ground in
            let client = try ground.listen(to: "/api/v1/ws")
            try client.say(operation)
            let answer = try client.text()
            #expect(member("type", of: answer) == #""error""#)
            #expect(answer.contains(word), "\(answer)")
        }
    }

    @Test func aChannelThatCannotBeHadIsClosedAsItsSocketWouldBe() async throws {
        try await withLiveGround(loops: 1) { ground in
            let client = try ground.listen(to: "/api/v1/ws", headers: "X-Role: viewer\r\n")
            try client.say(#"{"op":"open","channel":7,"path":"/feeds/nobody"}"#)
            let closed = try client.text()
            #expect(closed.hasPrefix(#"{"channel":7,"type":"closed","#))
            #expect(member("data", of: closed)?.hasPrefix(#"{"code":4404,"#) == true)
            try client.say(#"{"op":"open","channel":7,"path":"/feeds/new","window":"recent"}"#)
            #expect(member("data", of: try client.text())?.hasPrefix(#"{"code":4403,"#) == true)
            let admin = try ground.listen(to: "/api/v1/ws")
            for number in 0..<9 {
                try admin.say(#"{"op":"open","channel":\#(number),"path":"/feeds/new","window":"recent"}"#)
            }
            #expect(member("type", of: try admin.text()) == #""error""#)
            try admin.say(#"{"op":"open","channel":0,"path":"/feeds/new"}"#)
            #expect(try admin.text().contains("is open"))
        }
    }

    @Test func aBusyChannelKeepsNoOtherFromItsTurn() async throws {
        try await withLiveGround(loops: 1, limits: .init()) { ground in
            let publisher = try ground.client()
            let filler = String(repeating: "x", count: 4000)
            _ = try publisher.request("POST /api/v1/feeds/quiet?window=recent", body: "1")
            for _ in 0..<200 {
                _ = try publisher.request("POST /api/v1/feeds/busy?window=recent", body: "\"\(filler)\"")
            }
            let client = try ground.listen(to: "/api/v1/ws")
            // Both in one packet, so both stand in line when the first turn comes.
            try client.say(
                [
                    #"{"op":"open","channel":1,"path":"/feeds/busy","after":0}"#,
                    #"{"op":"open","channel":2,"path":"/feeds/quiet","after":0}"#,
                ])
            var before = 0
            while try !client.text().hasPrefix(#"{"channel":2,"#) { before += 1 }
            #expect(before <= LiveSocket.channelBudget / 4000)
        }
    }

    @Test(arguments: ["nonsense", #"{"op":"open","channel":1,"path":"/feeds/none"}"#])
    func mistakesWithoutEndEndTheConnection(operation: String) async throws {
        try await withLiveGround(loops: 1) { ground in
            let client = try ground.listen(to: "/api/v1/ws")
            try client.say(Array(repeating: operation, count: 100))
            while true {
                if case .close(let code, let reason) = try client.hear() {
                    #expect(code == 1008)
                    #expect(reason == "Too many mistakes")
                    break
                }
            }
        }
    }
}
