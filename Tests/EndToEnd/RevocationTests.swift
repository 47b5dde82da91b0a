import Loop
import TestKit
import Testing
import Transport
import Wire

/// The command line, beside the server, takes something away from somebody who has something open.
@Suite struct RevocationTests {
    private static let password = "correct horse battery"

    private static func command(
        _ words: String..., input: String? = nil, beside server: RunningServer, on loop: isolated EventLoop
    ) async throws {
        let run = try await Holdfast.start(
            words + ["--data", server.data], in: server.folder, input: input, on: loop
        ).finish(on: loop)
        #expect(run.status == 0, "\(words): \(run.error)")
    }

    private static let changes: [(words: [String], keeps: Bool)] = [
        (["user", "remove", "ann"], false),
        (["user", "role", "ann", "viewer"], true),
        (["user", "password", "ann"], false),
    ]

    @Test(arguments: changes)
    func whatAnAccountHasOpenEnds(_ words: [String], _ keeps: Bool) async throws {
        try await withServer { server, _, loop in
            try await Self.command(
                "user", "add", "eve", "--role", "admin", "--no-password", beside: server, on: loop)
            try await Self.command(
                "user", "add", "ann", "--role", "operator", input: Self.password + "\n", beside: server,
                on: loop)
            let cookie = try await server.signIn("ann", Self.password, on: loop)
            var page = cookie
            page.append("Origin", server.url)
            let feed = try await server.listen(to: "/api/v1/ws/feeds/routes", headers: page, on: loop)
            _ = try await feed.text(on: loop)
            let channels = try await server.listen(to: "/api/v1/ws", headers: page, on: loop)
            channels.send(#"{"op":"open","channel":7,"path":"/feeds/routes"}"#, on: loop)
            #expect(try await channels.text(on: loop).contains("routes_update"))
            let events = try await EventStream(of: "/api/v1/feeds/routes", cookie, on: server, loop)
            defer { events.close(on: loop) }
            try await events.read(on: loop) { $0.contains("\ndata: ") }

            let input = words[1] == "password" ? "another long password\n" : nil
            let run = try await Holdfast.start(
                words + ["--data", server.data], in: server.folder, input: input, on: loop
            ).finish(on: loop)
            #expect(run.status == 0, "\(run.error)")
            for socket in [feed, channels] {
                let end = try await socket.text(on: loop)
                #expect(end.hasPrefix(#"{"type":"end","#) && end.contains("signed_out"))
                #expect(try await socket.closed(on: loop).code?.rawValue == 4002)
            }
            let heard = try await events.read(on: loop) { _ in false }
            #expect(heard.contains("event: end\n") && heard.contains("signed_out"))
            let me = try await server.ask(.get, "/api/v1/me", headers: cookie, on: loop)
            #expect(me.status == (keeps ? .ok : .unauthorized))
            #expect(me.body.contains(#""role":"viewer""#) == keeps)
        }
    }
}

/// Server-Sent Events as they come. Ends by `close`.
private final class EventStream {
    private let client = HTTPClient()
    private let response: ClientResponse
    private var text = ""

    init(
        of path: String, _ headers: HTTPHeaders, on server: RunningServer, _ loop: isolated EventLoop
    ) async throws {
        var headers = headers
        headers.append("Accept", "text/event-stream")
        let request = ClientRequest(.get, try URLAddress(server.url + path), headers: headers)
        response = try await client.send(request, until: loop.clock.now + Holdfast.patience, on: loop)
    }

    /// All that was heard when it is enough, or the stream has ended.
    @discardableResult
    func read(on loop: isolated EventLoop, until isEnough: (String) -> Bool) async throws -> String {
        let deadline = loop.clock.now + Holdfast.patience
        while !isEnough(text), let piece = try await response.next(until: deadline, on: loop) {
            text += String(decoding: piece, as: UTF8.self)
        }
        return text
    }

    func close(on loop: isolated EventLoop) {
        response.close(on: loop)
        client.close(on: loop)
    }
}
