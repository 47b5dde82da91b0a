import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct EndingTests {
    @Test func aStreamOfEventsIsToldWhenTheServerStops() async throws {
        try await withServer { server, _, loop in
            let deadline = loop.clock.now + Holdfast.patience
            var headers = try await server.bearer("ci", on: loop)
            headers.append("Accept", "text/event-stream")
            let client = HTTPClient()
            defer { client.close(on: loop) }
            let stream = try await client.send(
                ClientRequest(.get, try URLAddress(server.url + "/api/v1/feeds/routes"), headers: headers),
                until: deadline, on: loop)
            #expect(stream.head.status == .ok)
            var heard = ""
            while !heard.contains("\ndata: "), let piece = try await stream.next(until: deadline, on: loop) {
                heard += String(decoding: piece, as: UTF8.self)
            }
            server.program.child.signal(SIGTERM)
            // To the end of the body: throws when the stream is cut instead.
            while let piece = try await stream.next(until: deadline, on: loop) {
                heard += String(decoding: piece, as: UTF8.self)
            }
            let last = heard.split(separator: "event: ").last ?? ""
            #expect(last.hasPrefix("end\n"), "\(heard.suffix(500))")
            #expect(last.contains("server_shutdown"))
            #expect(try await server.program.finish(on: loop).status == 0)
        }
    }

    @Test func aTokenRevokedBesideTheServerEndsAnOpenWebSocket() async throws {
        try await withServer { server, _, loop in
            let headers = try await server.bearer("ci", on: loop)
            let socket = try await server.listen(
                to: "/api/v1/ws/feeds/routes", headers: headers, on: loop)
            #expect(try await socket.text(on: loop).hasPrefix(#"{"type":"routes_update","#))
            let revoked = try await Holdfast.start(
                ["token", "revoke", "ci", "--data", server.data], in: server.folder, on: loop
            ).finish(on: loop)
            #expect(revoked.status == 0)
            #expect(try await socket.text(on: loop).contains("signed_out"))
            #expect(try await socket.closed(on: loop).code?.rawValue == 4002)
            #expect(
                try await server.ask(.get, "/api/v1/me", headers: headers, on: loop).status == .unauthorized)
        }
    }

    @Test func aWatcherOfTheServersOwnIsNotEndedByAnybody() async throws {
        try await withServer { server, _, loop in
            let headers = try await server.bearer("ci", on: loop)
            let path = "/api/v1/sessions"
            let list = try await server.ask(.get, path + "?kind=watcher", headers: headers, on: loop).body
            let first = try #require(list.split(separator: #""id":""#).dropFirst().first)
            let id = try #require(first.split(separator: "\"").first)
            let ended = try await server.ask(.delete, "\(path)/\(id)", headers: headers, on: loop)
            #expect(ended.status == .conflict)
            #expect(try await server.ask(.get, "\(path)/\(id)", headers: headers, on: loop).status == .ok)
        }
    }
}
