import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

@Suite struct EndingTests {
    /// Many, on all loops: one that is told just before it would be cut proves nothing.
    @Test func streamsOfEventsAreToldWhenTheServerStops() async throws {
        try await withServer(configured: "loops: 4\n") { server, _, loop in
            let deadline = loop.clock.now + Holdfast.patience
            var headers = try await server.bearer("ci", on: loop)
            headers.append("Accept", "text/event-stream")
            let request = ClientRequest(
                .get, try URLAddress(server.url + "/api/v1/feeds/routes"), headers: headers)
            let client = HTTPClient()
            defer { client.close(on: loop) }
            var streams: [ClientResponse] = []
            for _ in 0..<64 {
                let stream = try await client.send(request, until: deadline, on: loop)
                streams.append(stream)
                var heard = ""
                while !heard.contains("\ndata: "),
                    let piece = try await stream.next(until: deadline, on: loop)
                {
                    heard += String(decoding: piece, as: UTF8.self)
                }
            }
            server.program.child.signal(SIGTERM)
            for stream in streams {
                // To the end of the body, which says that the stream was not cut.
                let rest = try await stream.collect(until: deadline, on: loop)
                let last = String(decoding: rest, as: UTF8.self).split(separator: "event: ").last ?? ""
                #expect(last.hasPrefix("end\n"), "“\(last)”")
                #expect(last.contains("server_shutdown"))
            }
            #expect(try await server.program.finish(on: loop).status == 0)
        }
    }

    @Test(arguments: [(CInt(SIGTERM), CInt(143)), (CInt(SIGINT), CInt(130))])
    func aServerThatIsToldTwiceToStopWaitsForNobody(_ signal: CInt, _ status: CInt) async throws {
        let yaml = "deadlines:\n  drain: 10m\n  request_body_idle: 10m\n"
        try await withServer(configured: yaml) { server, _, loop in
            let deadline = loop.clock.now + Holdfast.patience
            let slow = try await Dialler().connect(to: URLAddress(server.url), until: deadline, on: loop)
            defer { slow.close(on: loop) }
            // The answer tells that the request has begun; its body never comes.
            let head =
                "POST /api/v1/sign-in HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                + "Content-Length: 9\r\nExpect: 100-continue\r\n\r\n"
            try await slow.write(Array(head.utf8), until: deadline, on: loop)
            #expect(try await !slow.read(until: deadline, on: loop).isEmpty)
            let began = loop.clock.now
            server.program.child.signal(SIGTERM)
            try await server.program.error.read(within: Holdfast.patience, on: loop) {
                $0.contains(#""msg":"stopping""#)
            }
            server.program.child.signal(signal)
            let end = try await server.program.finish(on: loop)
            #expect(end.status == status)
            #expect(end.error.contains("told to stop again"))
            #expect(end.error.contains("connections were cut"))
            #expect(loop.clock.now - began < .seconds(30))
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

    @Test func aReaderThatIsStuckIsNotWaitedForWhenItsTokenIsRevoked() async throws {
        // So long it would be waited for.
        let yaml = "deadlines:\n  write_stalled: 10m\n  pong: 10m\n"
        try await withServer(configured: yaml) { server, _, loop in
            let admin = try await server.bearer("admin", on: loop)
            let guest = try await server.bearer("guest", role: "viewer", on: loop)
            let filler = "\"" + String(repeating: "x", count: 500_000) + "\""
            let publish = "/api/v1/feeds/stuck?window=recent"
            #expect(
                try await server.ask(.post, publish, headers: admin, body: filler, on: loop).status == .ok)
            let reader = try await server.upgrade(
                "/api/v1/ws/feeds/stuck", header: "Authorization: \(guest["Authorization"] ?? "")", on: loop)
            defer { reader.close(on: loop) }
            let deadline = loop.clock.now + Holdfast.patience
            _ = try await reader.read(until: deadline, on: loop)
            for _ in 0..<20 {
                _ = try await server.ask(.post, publish, headers: admin, body: filler, on: loop)
            }
            let sessions = "/api/v1/sessions?kind=websocket"
            #expect(
                try await server.ask(.get, sessions, headers: admin, on: loop).body.contains(#""kind""#))
            let revoked = try await Holdfast.start(
                ["token", "revoke", "guest", "--data", server.data], in: server.folder, on: loop
            ).finish(on: loop)
            #expect(revoked.status == 0)
            let limit = loop.clock.now + .seconds(10)
            var list = ""
            repeat {
                list = try await server.ask(.get, sessions, headers: admin, on: loop).body
            } while list.contains(#""kind""#) && loop.clock.now < limit
            #expect(list == #"{"sessions":[]}"#)
            let metrics = try await server.ask(.get, "/metrics", headers: admin, on: loop).body
            #expect(metrics.contains(#"holdfast_websockets_cut_total{cause="ended_here"} 1"#))
        }
    }

    @Test func aConnectionIsEndedByACommandAndCounted() async throws {
        try await withServer { server, _, loop in
            let headers = try await server.bearer("ci", on: loop)
            let guest = try await server.bearer("guest", on: loop)
            let client = HTTPClient()
            defer { client.close(on: loop) }
            let address = try URLAddress(server.url + "/api/v1/me")
            _ = try await client.fetch(
                ClientRequest(.get, address, headers: guest), until: loop.clock.now + Holdfast.patience,
                on: loop)
            let list = try await server.run("sessions", on: loop)
            let line = try #require(list.output.split(separator: "\n").first { $0.contains("token:guest") })
            let words = line.split(separator: " ")
            #expect(words[1] == "connection")
            let ended = try await server.run("sessions", "end", String(words[0]), on: loop)
            #expect(ended.status == 0)
            // Only that of the scrape itself is left, once those of the commands have ended.
            let limit = loop.clock.now + Holdfast.patience
            var metrics = ""
            repeat {
                metrics = try await server.ask(.get, "/metrics", headers: headers, on: loop).body
            } while !metrics.contains(#"holdfast_sessions{kind="connection"} 1"# + "\n")
                && loop.clock.now < limit
            #expect(metrics.contains(#"holdfast_sessions{kind="connection"} 1"# + "\n"))
            #expect(
                metrics.contains(
                    #"holdfast_sessions_closed_total{kind="connection",ending="cancelled"} 1"# + "\n"))
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
