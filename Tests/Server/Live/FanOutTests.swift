import Feeds
import Loop
import Sessions
import Testing
import Transport
import Wire

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct FanOutTests {
    @Test func aThousandReadersGetEveryMessageOnceInOrder() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            _ = try publisher.request("POST /api/v1/feeds/log?window=recent", body: "0")
            let readers = try (0..<1000).map { _ in try ground.listen(to: "/api/v1/ws/feeds/log?after=0") }
            for number in 1..<32 { try publisher.send("POST /api/v1/feeds/log", body: "\(number)") }
            for _ in 1..<32 { #expect(try publisher.answer().status == 200) }
            for reader in readers {
                for number in 0..<32 {
                    let message = try reader.text()
                    guard member("seq", of: message) == "\(number + 1)",
                        member("data", of: message) == "\(number)"
                    else { throw RawClient.Gone(description: "\(number) was to come, and not \(message)") }
                }
            }
        }
    }

    @Test func aSlowReaderIsToldOfTheGapAndDisturbsNobody() async throws {
        var limits = FeedDirectory.Limits()
        limits.windowEntries = 8
        try await withLiveGround(limits: limits) { ground in
            let publisher = try ground.client()
            _ = try publisher.request("POST /api/v1/feeds/log?window=recent", body: "0")
            let slow = try ground.client()
            try slow.upgrade(to: "/api/v1/ws/feeds/log?after=0")
            let quick = try ground.listen(to: "/api/v1/ws/feeds/log?after=0")
            #expect(member("data", of: try quick.text()) == "0")
            let filler = "\"" + String(repeating: "x", count: 100_000) + "\""
            // More than the kernel keeps for a connection on loopback.
            let count = 300
            for number in 1...count {
                #expect(try publisher.request("POST /api/v1/feeds/log", body: filler).status == 200)
                #expect(member("seq", of: try quick.text()) == "\(number + 1)")
            }
            var next = 1
            var gaps = 0
            while next <= count + 1 {
                let message = try slow.text()
                if member("type", of: message) == #""gap""# {
                    let data = try #require(member("data", of: message))
                    let gap = try #require(JSONObject(minified: Array(data.utf8)))
                    #expect(gap.number("from") == UInt64(next))
                    next = Int(try #require(gap.number("to"))) + 1
                    gaps += 1
                } else {
                    #expect(member("seq", of: message) == "\(next)")
                    next += 1
                }
            }
            #expect(gaps > 0)
        }
    }

    @Test func aSlowReaderOfAValueJumpsToTheNewest() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            _ = try publisher.request("POST /api/v1/feeds/value", body: "0")
            let slow = try ground.client()
            try slow.upgrade(to: "/api/v1/ws/feeds/value")
            // More than the kernel keeps for a connection on loopback.
            let count = 300
            for number in 1...count {
                let text = "\"\(number)" + String(repeating: "x", count: 100_000) + "\""
                #expect(try publisher.request("POST /api/v1/feeds/value", body: text).status == 200)
            }
            var heard = 0
            var last = 0
            while last < count + 1 {
                let seq = Int(try #require(member("seq", of: try slow.text()))) ?? 0
                #expect(seq > last)
                last = seq
                heard += 1
            }
            #expect(heard < count)
        }
    }

    @Test func anEndedSessionTellsItsReaderWhy() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            _ = try publisher.request("POST /api/v1/feeds/x", body: "1")
            let reader = try ground.listen(to: "/api/v1/ws/feeds/x", headers: "X-Account: bert\r\n")
            _ = try reader.text()
            let list = try publisher.request("GET /api/v1/sessions?kind=websocket&account=bert")
            #expect(
                list.body.contains(#""holds":{"descriptors":1,"subscriptions":1,"timers":1,"watches":1}"#))
            let start = try #require(list.body.firstRange(of: #""id":""#)).upperBound
            let id = list.body[start...].prefix(13)
            let path = "/api/v1/sessions/\(id)"
            #expect(try publisher.request("GET \(path)").status == 200)
            let other = "X-Role: operator\r\nX-Account: carl\r\n"
            #expect(try publisher.request("DELETE \(path)", headers: other).status == 403)
            #expect(try publisher.request("DELETE \(path)").status == 204)
            #expect(member("type", of: try reader.text()) == #""end""#)
            #expect(try reader.hear() == .close(1000, "Ended by anna"))
            // The peer has not said goodbye yet, so the session is still ending.
            #expect(try publisher.request("DELETE \(path)").status == 409)
            try reader.sayGoodbye()
            reader.cut()
            #expect(try publisher.request("GET /api/v1/sessions?kind=nothing").status == 400)
            #expect(try publisher.request("DELETE /api/v1/sessions/0000000000000").status == 404)
        }
    }

    @Test(arguments: [
        ("", 404), ("Origin: http://elsewhere\r\n", 403),
    ])
    func whoCannotReadACloseFrameIsRefusedBefore(origin: String, status: Int) async throws {
        try await withLiveGround(loops: 1) { ground in
            let answer = try ground.client().upgradeAnswer(to: "/api/v1/ws/feeds/none", headers: origin)
            #expect(answer.status == status)
            #expect(answer.headers["content-type"] == "application/problem+json")
            #expect(answer.body.contains("none") == (status == 404))
        }
    }

    @Test func aPageOfOurOwnIsLetInAndToldWhy() async throws {
        try await withLiveGround(loops: 1) { ground in
            let page = try ground.listen(to: "/api/v1/ws/feeds/none", headers: "Origin: http://test\r\n")
            #expect(member("type", of: try page.text()) == #""end""#)
            guard case .close(4404, _) = try page.hear() else {
                throw RawClient.Gone(description: "not closed with 4404")
            }
            try page.sayGoodbye()
        }
    }
}
