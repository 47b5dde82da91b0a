import JSONCoding
import Feeds
import FoundationEssentials
import Loop
import Sessions
import Testing
import Transport
import Wire

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct FeedReadingTests {
    @Test func aValueHasAnEntityTag() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            let published = try client.request("POST /api/v1/feeds/x", body: "[1, 2]")
            let version = "\"\(try #require(member("seq", of: published.body)))\""
            let value = try client.request("GET /api/v1/feeds/x")
            #expect(value.status == 200)
            #expect(member("data", of: value.body) == "[1,2]")
            #expect(value.headers["etag"] == version)
            let known = try client.request("GET /api/v1/feeds/x", headers: "If-None-Match: \(version)\r\n")
            #expect(known.status == 304)
            // Who was given it compressed knows it by that tag.
            let compressed = version.dropLast() + "-gzip\""
            let same = try client.request("GET /api/v1/feeds/x", headers: "If-None-Match: \(compressed)\r\n")
            #expect(same.status == 304)
            #expect(same.headers["etag"] == String(compressed))
            let still = try client.request("GET /api/v1/feeds/x", headers: "If-Match: \(compressed)\r\n")
            #expect(still.status == 200)
            #expect(still.headers["etag"] == version)
            let mend = try client.request(
                "POST /api/v1/feeds/x", headers: "If-Match: \(compressed)\r\n", body: "3")
            #expect(mend.status == 200)
            let late = try client.request(
                "POST /api/v1/feeds/x", headers: "If-Match: \(version)\r\n", body: "4")
            #expect(late.status == 412)
            let first = try client.request("POST /api/v1/feeds/x", headers: "If-None-Match: *\r\n", body: "5")
            #expect(first.status == 412)
            let other = try client.request("POST /api/v1/feeds/y", headers: "If-None-Match: *\r\n", body: "5")
            #expect(other.status == 200)
            #expect(try client.request("GET /api/v1/feeds/y", headers: "Accept: image/png\r\n").status == 406)
        }
    }

    @Test func plainTextIsPublishedAsTheStringThatItIs() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            for (type, body, data) in [
                ("text/plain", "say \"hi\"\n", #""say \"hi\"\n""#),
                ("text/plain; charset=utf-8", "42", #""42""#),
                ("application/json", "42", "42"), ("text/plain", "", #""""#),
            ] {
                let published = try client.request(
                    "POST /api/v1/feeds/x", headers: "Content-Type: \(type)\r\n", body: body)
                #expect(published.status == 200, "\(published.body)")
                let value = try client.request("GET /api/v1/feeds/x")
                #expect(member("data", of: value.body) == data)
            }
        }
    }

    @Test(arguments: [
        ("Content-Encoding: gzip", 415), ("Content-Encoding: identity", 200),
        ("Content-Type: text/plain; charset=utf-16", 415), ("Content-Type: text/plain;charset=US-ASCII", 200),
        ("Content-Type: text/plain; format=flowed; charset=\"utf-8\"", 200),
        ("Content-Type: application/json; charset=latin1", 415),
        // No text: the body is held to be JSON, and is none.
        ("Content-Type: text/plainfoo", 400),
    ])
    func aBodyIsTakenAsWhatItIsSaidToBeOrNotAtAll(header: String, status: Int) async throws {
        try await withLiveGround(loops: 1) { ground in
            let body = header.contains("text") ? "words" : "1"
            let answer = try ground.client().request(
                "POST /api/v1/feeds/x", headers: header + "\r\n", body: body)
            #expect(answer.status == status, "\(answer.body)")
        }
    }

    @Test func aRecentFeedGivesItsLastMessages() async throws {
        var limits = FeedDirectory.Limits()
        limits.windowEntries = 4
        try await withLiveGround(limits: limits) { ground in
            let client = try ground.client()
            for number in 1...6 {
                _ = try client.request("POST /api/v1/feeds/log?window=recent&type=line", body: "\(number)")
            }
            let all = try client.request("GET /api/v1/feeds/log?after=0")
            #expect(member("missing", of: all.body) == #"{"from":1,"to":2}"#)
            #expect(all.body.components("\"line\"") == 4)
            let some = try client.request("GET /api/v1/feeds/log?limit=2")
            #expect(member("missing", of: some.body) == nil)
            #expect(some.body.components("\"line\"") == 2)
            #expect(some.body.contains(#""data":6}"#))
            #expect(try client.request("GET /api/v1/feeds/log?limit=0").status == 400)
            #expect(try client.request("GET /api/v1/feeds/none").status == 404)
            let list = try client.request("GET /api/v1/feeds")
            let feeds = try JSONFormat.decoder.decode(
                [String: [FeedMessages.Summary]].self, from: Data(list.body.utf8))["feeds"]
            let log = try #require(feeds?.first { $0.name == "log" })
            #expect(log.type == "line" && log.window == .recent && log.seq == 6 && !log.builtIn)
            #expect(log.changedAt != nil && log.stale == nil)
            #expect(list.body.contains(#""stale":null"#))
            #expect(feeds?.contains { $0.name == "routes" && $0.builtIn } == true)
            let page = try JSONFormat.decoder.decode(FeedMessages.Page.self, from: Data(all.body.utf8))
            #expect(page.seq == 6 && page.missing?.to == 2 && page.messages.map(\.seq) == [3, 4, 5, 6])
        }
    }

    @Test func eventsResumeBehindTheLastOne() async throws {
        try await withLiveGround { ground in
            let publisher = try ground.client()
            for number in 1...3 {
                _ = try publisher.request("POST /api/v1/feeds/log?window=recent", body: "\(number)")
            }
            let readers = try (0..<4).map { _ in
                let reader = try ground.client()
                try reader.send(
                    "GET /api/v1/feeds/log", headers: "Accept: text/event-stream\r\nLast-Event-ID: 1\r\n")
                let head = try reader.head()
                #expect(head.status == 200)
                #expect(head.headers["content-type"] == "text/event-stream")
                #expect(try reader.event() == ["retry: 3000", "id: 1"])
                return reader
            }
            for reader in readers {
                for number in 2...3 {
                    let event = try reader.event()
                    #expect(event[0...1] == ["id: \(number)", "event: log_update"])
                    #expect(member("data", of: String(event[2].dropFirst(6))) == "\(number)")
                }
            }
            _ = try publisher.request("POST /api/v1/feeds/log", body: "4")
            for reader in readers { #expect(try reader.event()[0] == "id: 4") }
            _ = try publisher.request("DELETE /api/v1/feeds/log")
            for reader in readers { #expect(try reader.event()[0] == "event: end") }
        }
    }

    @Test func aReaderThatNamesNoNumberIsToldOne() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            for number in 1...3 {
                _ = try client.request("POST /api/v1/feeds/log?window=recent", body: "\(number)")
            }
            _ = try client.request("POST /api/v1/feeds/value", body: "1")
            for _ in 0..<4 {
                let reader = try ground.client()
                try reader.send("GET /api/v1/feeds/log", headers: "Accept: text/event-stream\r\n")
                #expect(try reader.head().status == 200)
                #expect(try reader.event() == ["retry: 3000", "id: 3"])
                let socket = try ground.client()
                #expect(try socket.upgradeAnswer(to: "/api/v1/ws/feeds/log").headers["x-feed-seq"] == "3")
                let value = try ground.client()
                #expect(try value.upgradeAnswer(to: "/api/v1/ws/feeds/value").headers["x-feed-seq"] == nil)
            }
        }
    }

    @Test(arguments: [
        "?after=abc", "?after=-1", "?after=%2B5", "?after=1.5", "?after=", "?after=99999999999999999999",
    ])
    func aNumberThatIsNoneIsToldWithWhatToMend(query: String) async throws {
        try await withLiveGround(loops: 1) { ground in
            let client = try ground.client()
            for feed in ["log?window=recent", "value"] {
                _ = try client.request("POST /api/v1/feeds/\(feed)", body: "1")
            }
            for name in ["log", "value"] {
                let read = try client.request("GET /api/v1/feeds/\(name)\(query)")
                #expect(read.status == 400)
                #expect(read.body.contains("`after` must be the `seq` of the last message"), "\(read.body)")
                #expect(
                    try ground.client().upgradeAnswer(to: "/api/v1/ws/feeds/\(name)\(query)").status == 400)
                let events = "Accept: text/event-stream\r\n"
                #expect(
                    try client.request("GET /api/v1/feeds/\(name)\(query)", headers: events).status == 400)
                let id = String(query.dropFirst("?after=".count))
                guard !id.isEmpty else { continue }
                let resumed = try client.request(
                    "GET /api/v1/feeds/\(name)", headers: events + "Last-Event-ID: \(id)\r\n")
                #expect(resumed.status == 400)
                #expect(resumed.body.contains("Last-Event-ID must be the `seq`"), "\(resumed.body)")
            }
        }
    }

    @Test func aNumberOfAnotherLifeIsAnsweredWithAReset() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            for _ in 1...2 { _ = try client.request("POST /api/v1/feeds/log?window=recent", body: "1") }
            _ = try client.request("DELETE /api/v1/feeds/log")
            for _ in 1...3 { _ = try client.request("POST /api/v1/feeds/log?window=recent", body: "2") }
            let page = try client.request("GET /api/v1/feeds/log?after=2")
            let reset = try #require(member("reset", of: page.body))
            let first = try #require(member("from", of: reset))
            #expect(member("seq", of: page.body) == Int(first).map { "\($0 + 2)" })
            // On each of the loops, by WebSocket and by events.
            for _ in 0..<4 {
                let reader = try ground.listen(to: "/api/v1/ws/feeds/log?after=2")
                let reset = try reader.text()
                #expect(member("type", of: reset) == #""reset""#)
                #expect(member("data", of: reset) == #"{"from":\#(first)}"#)
                #expect(member("seq", of: try reader.text()) == first)
                let events = try ground.client()
                try events.send(
                    "GET /api/v1/feeds/log", headers: "Accept: text/event-stream\r\nLast-Event-ID: 2\r\n")
                #expect(try events.head().status == 200)
                _ = try events.event()
                #expect(try events.event()[0] == "event: reset")
                #expect(try events.event()[0] == "id: \(first)")
            }
        }
    }

    @Test(arguments: [
        ("POST /api/v1/feeds/x", "{", 400, "byte 1"),
        ("POST /api/v1/feeds/x", "", 400, "byte 0"),
        ("POST /api/v1/feeds/x", "{'a':1}", 400, "key"),
        ("POST /api/v1/feeds/x", "[1,]", 400, "value"),
        ("POST /api/v1/feeds/-x", "1", 400, "name"),
        ("POST /api/v1/feeds/routes", "1", 403, "belongs to the server"),
        ("POST /api/v1/feeds/x?window=wide", "1", 400, "window"),
        ("POST /api/v1/feeds/x?type=%22", "1", 400, "type"),
        ("POST /api/v1/feeds/there?window=recent", "1", 409, "window=latest"),
        ("POST /api/v1/feeds/there?type=other", "1", 409, "there_update"),
        ("POST /api/v1/feeds/third", "1", 429, "feeds.count"),
    ])
    func whatCannotBePublishedIsToldWithWhatToMend(
        line: String, body: String, status: Int, word: String
    ) async throws {
        var limits = FeedDirectory.Limits()
        limits.count = 2
        try await withLiveGround(loops: 1, limits: limits) { ground in
            let client = try ground.client()
            _ = try client.request("POST /api/v1/feeds/there", body: "1")
            if status == 429 { _ = try client.request("POST /api/v1/feeds/second", body: "1") }
            let answer = try client.request(line, body: body)
            #expect(answer.status == status)
            #expect(answer.body.contains(word), "\(answer.body)")
        }
    }

    @Test func pipelinedPublishingAnswersInOrder() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            for number in 1...64 {
                try client.send("POST /api/v1/feeds/log?window=recent", body: "\(number)")
            }
            for number in 1...64 {
                let answer = try client.answer()
                #expect(answer.status == 200)
                #expect(member("seq", of: answer.body) == "\(number)")
            }
        }
    }
}

extension String {
    /// How often `part` is in it.
    func components(_ part: String) -> Int {
        var count = 0
        var rest = self[...]
        while let start = rest.firstIndex(of: part.first!) {
            rest = rest[start...]
            if rest.hasPrefix(part) { count += 1 }
            rest = rest.dropFirst()
        }
        return count
    }
}
