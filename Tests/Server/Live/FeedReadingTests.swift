import Feeds
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
            let version = try #require(member("version", of: published.body))
            let value = try client.request("GET /api/v1/feeds/x")
            #expect(value.status == 200)
            #expect(member("data", of: value.body) == "[1,2]")
            #expect(value.headers["etag"] == version)
            let known = try client.request("GET /api/v1/feeds/x", headers: "If-None-Match: \(version)\r\n")
            #expect(known.status == 304)
            let mend = try client.request(
                "POST /api/v1/feeds/x", headers: "If-Match: \(version)\r\n", body: "3")
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
            #expect(list.body.contains(#"{"name":"log","type":"line","window":"recent","seq":6,"#))
            #expect(list.body.contains(#"{"name":"routes","#))
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
                #expect(try reader.event() == ["retry: 3000"])
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
