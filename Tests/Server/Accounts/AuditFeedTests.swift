import Feeds
import Loop
import Sessions
import Store
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct AuditFeedTests {
    @Test func whatIsWrittenIsSaidOnceAndInOrder() async throws {
        try await withAccounts { ground, loop in
            let limits = FeedDirectory.Limits(entries: 4000, bytes: 16 << 20)
            let feeds = FeedDirectory(limits)
            let builtIn = BuiltInFeeds(in: feeds, on: loop)
            let said = AuditFeed(ground.store, saying: builtIn.audit)
            ground.audit.record(AuditEntry(.signedIn, detail: "before"))
            await ground.audit.flush()
            try await said.start(hearing: ground.audit)
            for number in 0..<1_700 {
                ground.audit.record(AuditEntry(.signedIn, account: "ann", detail: "\(number)"))
                // So that some batches are small.
                if number % 400 == 0 { await ground.audit.flush() }
            }
            await ground.audit.flush()
            await said.stop()
            let messages = await builtIn.audit.glimpse(after: 0, limit: 4000).messages
                .map { String(decoding: $0, as: UTF8.self) }
            #expect(messages.count == 1_700)
            for (number, message) in messages.enumerated() {
                #expect(
                    message.hasPrefix(#"{"type":"audit_update","#)
                        && message.contains(#""detail":"\#(number)""#)
                        && message.contains(#""id":\#(number + 2)"#) && message.contains(#""account":"ann""#))
            }
            await feeds.close()
        }
    }

    @Test func onlyAdminsReadIt() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            _ = try await ground.builtIn.audit.publish(minified: Array(#"{"id":1}"#.utf8))
            for (role, status, live) in [("admin", 200, 101), ("operator", 403, 403), ("viewer", 403, 403)] {
                let headers = "X-Role: \(role)\r\n"
                let read = try client.request("GET /api/v1/feeds/audit", headers: headers)
                #expect(read.status == status)
                let list = try client.request("GET /api/v1/feeds", headers: headers)
                #expect(list.body.contains(#""audit""#) == (role == "admin"))
                let named = try ground.client().upgradeAnswer(to: "/api/v1/ws/feeds/audit", headers: headers)
                #expect(named.status == live)
                let own = try ground.client().upgradeAnswer(to: "/api/v1/ws/audit", headers: headers)
                #expect(own.status == live)
                for path in ["/audit", "/feeds/audit"] {
                    let all = try ground.listen(to: "/api/v1/ws", headers: headers)
                    try all.say(#"{"op":"open","channel":1,"path":"\#(path)","after":0}"#)
                    let first = try all.text()
                    #expect(member("type", of: first) == (live == 101 ? #""audit_update""# : #""closed""#))
                }
            }
            #expect(try client.request("POST /api/v1/feeds/audit", body: "1").status == 403)
        }
    }
}

extension FeedDirectory.Limits {
    fileprivate init(entries: Int, bytes: Int) {
        self.init()
        windowEntries = entries
        windowBytes = bytes
    }
}
