import JSONCoding
import FoundationEssentials
import Loop
import Sessions
import Testing
import Wire

@testable import Server

@Suite(.serialized, .timeLimit(.minutes(1)))
struct SessionEndpointsTests {
    @Test func manySessionsAreListedAsTheyAreDescribed() async throws {
        try await withLiveGround { ground in
            let client = try ground.client()
            _ = try client.request("POST /api/v1/feeds/x", body: "1")
            let readers = try (0..<100).map { _ in try ground.listen(to: "/api/v1/ws/feeds/x") }
            for reader in readers { _ = try reader.text() }
            let answer = try client.request("GET /api/v1/sessions?kind=websocket&account=anna")
            let list = try JSONFormat.decoder.decode(
                [String: [SessionMessage]].self, from: Data(answer.body.utf8))
            let sessions = try #require(list["sessions"])
            #expect(sessions.count == 100 && Set(sessions.map(\.id)).count == 100)
            for session in sessions {
                #expect(session.kind == "websocket" && session.account == "anna" && session.phase == "open")
                #expect(session.holds["descriptors"] == 1 && session.reason == nil && session.endsAt == nil)
            }
            #expect(answer.body.contains(#""ends_at":null"#) && answer.body.contains(#""reason":null"#))
            let one = try client.request("GET /api/v1/sessions/\(sessions[0].id)")
            let session = try JSONFormat.decoder.decode(SessionMessage.self, from: Data(one.body.utf8))
            #expect(session.id == sessions[0].id)
            #expect(session.since == sessions[0].since)
        }
    }

    /// What the description of the server says of its replies.
    @Test func theDescriptionNamesWhatRepliesHave() async throws {
        try await withLiveGround(loops: 1) { ground in
            let feeds = FeedEndpoints(ground.feeds)
            let routes = feeds.routes + SessionEndpoints(ground.sessions).routes
            let document = OpenAPIDocument(build: BuildInfo(version: "1"), cookie: "c", routes: routes).bytes
            let text = String(decoding: document, as: UTF8.self)
            for property in [
                "sessions", "kind", "account", "peer", "phase", "reason", "since", "age_seconds", "ends_at",
                "holds", "feeds", "window", "built_in", "changed_at", "stale", "missing", "reset", "messages",
            ] { #expect(text.contains("\"\(property)\":{"), "\(property)") }
            #expect(!text.contains(#""schema":{"type":"object"}"#))
        }
    }
}
