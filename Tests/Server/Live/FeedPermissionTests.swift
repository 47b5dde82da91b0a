import Configuration
import Feeds
import Testing

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(2)))
struct FeedPermissionTests {
    private static func rules(_ items: String) throws -> [Settings.Permission] {
        let file = ConfigurationFile(path: "h.yaml", bytes: Array("feeds: {permissions: [\(items)]}".utf8))
        return try SettingSources(file: file, environment: ["HOME": "/"]).read { Settings($0) }.settings
            .feeds.permissions
    }

    private static let headers = [
        "ann": "X-Account: ann\r\nX-Role: viewer\r\n", "bob": "X-Account: bob\r\nX-Role: operator\r\n",
        "root": "X-Account: root\r\nX-Role: admin\r\n",
    ]

    @Test(arguments: [
        ("builds-*", "builds-1", true), ("builds-*", "builds-", true), ("builds-*", "builds", false),
        ("*", "x", true), ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-b-c-d", false), ("x", "x", true),
        ("x", "xx", false), ("*x", "yx", true), ("**", "y", true), ("*ab", "aab", true),
    ])
    func aPatternMatchesTheWholeName(_ pattern: String, _ name: String, _ matches: Bool) {
        #expect(FeedPermissions.matches(pattern.utf8[...], name.utf8[...]) == matches)
    }

    @Test func theFirstRuleThatMatchesSaysWhoMayWhatByEveryWay() async throws {
        let permissions = FeedPermissions(
            try Self.rules(
                """
                {feeds: "builds-*", publish: [ann], read: operator},
                {feeds: "builds-x", read: viewer}, {feeds: "secret", read: [bob], publish: admin}
                """))
        try await withLiveGround(permissions: permissions) { ground in
            let client = try ground.client()
            for (who, feed, publishes, reads) in [
                ("ann", "builds-x", 200, 403), ("bob", "builds-x", 403, 200), ("root", "builds-x", 200, 200),
                ("root", "secret", 200, 200), ("bob", "secret", 403, 200), ("ann", "secret", 403, 403),
                ("bob", "other", 200, 200), ("ann", "other", 403, 200),
            ] {
                let headers = Self.headers[who] ?? ""
                let publish = try client.request("POST /api/v1/feeds/\(feed)", headers: headers, body: "1")
                #expect(publish.status == publishes, "\(who) \(feed): \(publish.body)")
                let read = try client.request("GET /api/v1/feeds/\(feed)", headers: headers)
                #expect(read.status == reads, "\(who) \(feed): \(read.body)")
                let socket = try ground.client().upgradeAnswer(
                    to: "/api/v1/ws/feeds/\(feed)", headers: headers)
                #expect(socket.status == (reads == 200 ? 101 : reads), "\(who) \(feed)")
                let all = try ground.listen(to: "/api/v1/ws", headers: headers)
                try all.say(#"{"op":"open","channel":1,"path":"/feeds/\#(feed)"}"#)
                let first = try all.text()
                #expect(
                    member("type", of: first)
                        == (reads == 200
                            ? "\"\(feed == "builds-x" ? "builds_x" : feed)_update\"" : #""closed""#),
                    "\(first)")
                guard reads == 200 else { continue }
                try all.say(#"{"op":"send","channel":1,"data":2}"#)
                let answer = try all.text()
                #expect(
                    (member("type", of: answer) == #""error""#) == (publishes != 200),
                    "\(who) \(feed): \(answer)")
            }
            for (who, names) in [("ann", ["other"]), ("bob", ["builds-x", "other", "secret"])] {
                let list = try client.request("GET /api/v1/feeds", headers: Self.headers[who] ?? "").body
                for name in ["builds-x", "other", "secret"] {
                    #expect(list.contains("\"\(name)\"") == names.contains(name), "\(who): \(list)")
                }
                #expect(list.contains(#""routes""#))
            }
            let delete = try client.request("DELETE /api/v1/feeds/secret", headers: Self.headers["bob"] ?? "")
            #expect(delete.status == 403)
            #expect(delete.body.contains("Publishing to the feed secret takes the role admin."))
        }
    }

    @Test func newRulesHoldForWhatIsAskedFromThenOn() async throws {
        let permissions = FeedPermissions()
        try await withLiveGround(permissions: permissions) { ground in
            let client = try ground.client()
            let ann = Self.headers["ann"] ?? ""
            #expect(try client.request("POST /api/v1/feeds/x", headers: ann, body: "1").status == 403)
            permissions.apply(try Self.rules("{feeds: x, publish: [ann]}"))
            #expect(try client.request("POST /api/v1/feeds/x", headers: ann, body: "1").status == 200)
        }
    }

    @Test func aFeedThatIsLeftAloneExpires() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            #expect(try client.request("POST /api/v1/feeds/x?ttl=nope", body: "1").status == 400)
            #expect(
                try client.request("POST /api/v1/feeds/x?ttl=200ms&window=recent", body: "1").status == 200)
            #expect(try client.request("POST /api/v1/feeds/x?ttl=1s", body: "1").status == 409)
            #expect(try client.request("GET /api/v1/feeds").body.contains(#""ttl_ms":200"#))
            let reader = try ground.listen(to: "/api/v1/ws/feeds/x?after=0")
            for number in 2...4 {
                #expect(try client.request("POST /api/v1/feeds/x?ttl=200ms", body: "\(number)").status == 200)
            }
            for number in 1...4 { #expect(member("data", of: try reader.text()) == "\(number)") }
            let end = try reader.text()
            #expect(member("type", of: end) == #""end""#)
            #expect(end.contains(#""code":1000,"reason":"Feed expired""#))
            #expect(try client.request("GET /api/v1/feeds/x").status == 404)
            // The name is free, and the new feed is another one.
            #expect(try client.request("POST /api/v1/feeds/x?ttl=1h", body: "5").status == 200)
            #expect(try client.request("DELETE /api/v1/feeds/x").status == 204)
        }
    }
}
