import Feeds
import Loop
import Sessions
import Testing
import Transport
import Wire

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct FeedListeningTests {
    @Test func aValueIsThereAtOnceAndThenEveryChange() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            let first = try publisher.request("POST /api/v1/feeds/heat", body: #" { "degrees" : 20 } "#)
            #expect(first.status == 200)
            #expect(member("seq", of: first.body) == "1")
            let readers = try (0..<4).map { _ in try ground.listen(to: "/api/v1/ws/feeds/heat") }
            for reader in readers {
                let message = try reader.text()
                #expect(member("type", of: message) == #""heat_update""#)
                #expect(member("seq", of: message) == "1")
                #expect(member("data", of: message) == #"{"degrees":20}"#)
            }
            // The same value again is no news, however it is written.
            #expect(try publisher.request("POST /api/v1/feeds/heat", body: #"{"degrees":20}"#).status == 200)
            #expect(try publisher.request("POST /api/v1/feeds/heat", body: "21").status == 200)
            for reader in readers {
                let message = try reader.text()
                #expect(member("seq", of: message) == "2")
                #expect(member("data", of: message) == "21")
            }
        }
    }

    @Test func readersOfARecentFeedResumeBehindWhatTheyHave() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            for number in 1...5 {
                let answer = try publisher.request("POST /api/v1/feeds/log?window=recent", body: "\(number)")
                #expect(answer.status == 200)
            }
            for _ in 0..<4 {
                let reader = try ground.listen(to: "/api/v1/ws/feeds/log?after=3")
                #expect(member("data", of: try reader.text()) == "4")
                #expect(member("data", of: try reader.text()) == "5")
                let ahead = try ground.listen(to: "/api/v1/ws/feeds/log?after=9")
                #expect(member("type", of: try ahead.text()) == #""reset""#)
                #expect(member("data", of: try ahead.text()) == "1")
            }
        }
    }

    @Test(arguments: [
        ("a b, (", nil), ("a, a", nil), ("", nil), ("x, bearer, t0ken", "bearer"), ("a, b", "a"),
    ])
    func offeredSubprotocolsAreAListOfNames(offer: String, agreed: String?) async throws {
        try await withLiveGround(loops: 1) { ground in
            _ = try ground.client().request("POST /api/v1/feeds/x", body: "1")
            for origin in ["", "Origin: http://test\r\n"] {
                let answer = try ground.client().upgradeAnswer(
                    to: "/api/v1/ws/feeds/x", headers: "Sec-WebSocket-Protocol: \(offer)\r\n" + origin)
                #expect(answer.status == (agreed == nil ? 400 : 101))
                #expect(answer.headers["sec-websocket-protocol"] == agreed)
            }
        }
    }

    @Test func aDeletedFeedEndsItsReadersWithAWord() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            _ = try publisher.request("POST /api/v1/feeds/x", body: "1")
            let readers = try (0..<4).map { _ in try ground.listen(to: "/api/v1/ws/feeds/x") }
            for reader in readers { #expect(member("data", of: try reader.text()) == "1") }
            #expect(try publisher.request("DELETE /api/v1/feeds/x").status == 204)
            for reader in readers {
                let last = try reader.text()
                #expect(member("type", of: last) == #""end""#)
                #expect(try reader.hear() == .close(1000, "Feed deleted"))
                try reader.sayGoodbye()
            }
            #expect(try publisher.request("DELETE /api/v1/feeds/x").status == 404)
            #expect(try ground.client().upgradeAnswer(to: "/api/v1/ws/feeds/x").status == 404)
        }
    }

    @Test func aPageMayMeasureItsConnectionButNotChatter() async throws {
        try await withLiveGround { ground in
            _ = try ground.client().request("POST /api/v1/feeds/x", body: "1")
            let reader = try ground.listen(to: "/api/v1/ws/feeds/x")
            _ = try reader.text()
            try reader.say(#"{ "type": "ping" }"#)
            #expect(try reader.text().hasPrefix(#"{"type":"pong","ts":"20"#))
            for _ in 0..<100 { try? reader.say("anything") }
            #expect(member("type", of: try reader.text()) == #""end""#)
            #expect(try reader.hear() == .close(1008, "Too many messages"))
        }
    }
}
