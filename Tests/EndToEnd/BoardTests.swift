import FoundationEssentials
import Loop
import TestKit
import Testing
import Transport
import Wire

/// What the feeds of tasks say of what is done over REST.
@Suite struct BoardTests {
    private struct Made: Decodable { let id: String }

    /// A task that takes a line, fails at a word, and keeps a file.
    private static let workflow = """
        title: Asks
        phases:
          ask:
            input: true
            artifacts: [out/said.html]
            run: |
              read -r word
              mkdir -p out; echo "<b>$word</b>" > out/said.html
              echo '{"word":"'"$word"'"}' > "$HOLDFAST_STATE"
              test "$word" != no || { echo "::error::no is no answer"; exit 3; }
          after:
            needs: [ask]
            run: echo done
        """

    private static func begin(
        _ server: RunningServer, _ folder: TemporaryFolder, on loop: isolated EventLoop
    ) async throws -> (HTTPHeaders, String) {
        let bearer = try await server.bearer("ci", on: loop)
        try write(workflow, to: folder.file("data/workflows/asks.yaml"))
        try await eventually("the workflow is read", within: Holdfast.patience) {
            try await server.ask(.get, "/api/v1/workflows/asks", headers: bearer, on: loop).status == .ok
        }
        return (bearer, try await submit(server, bearer, on: loop))
    }

    private static func submit(
        _ server: RunningServer, _ bearer: HTTPHeaders, on loop: isolated EventLoop
    ) async throws -> String {
        let made = try await server.ask(
            .post, "/api/v1/tasks", headers: bearer, body: #"{"workflow":"asks"}"#, on: loop)
        return try JSONDecoder().decode(Made.self, from: Data(made.body.utf8)).id
    }

    /// Reads on until a message says it.
    private static func hear(
        _ client: TestClient, on loop: isolated EventLoop, _ condition: (String) -> Bool
    ) async throws -> String {
        while true {
            let text = try await client.text(on: loop)
            if condition(text) { return text }
        }
    }

    private static func answer(
        _ id: String, _ word: String, _ server: RunningServer, _ bearer: HTTPHeaders,
        on loop: isolated EventLoop
    ) async throws {
        try await eventually("it takes input", within: Holdfast.patience) {
            try await server.ask(
                .post, "/api/v1/tasks/\(id)/input", headers: bearer, body: #"{"text":"\#(word)"}"#, on: loop
            ).status == .noContent
        }
    }

    @Test func eachFeedFollowsATaskToItsEnd() async throws {
        try await withServer { server, folder, loop in
            let (bearer, id) = try await Self.begin(server, folder, on: loop)
            var clients: [TestClient] = []
            for name in ["workflows", "queue", "adw-monitor", "workflow-history", "adw-state/\(id)"] {
                clients.append(
                    try await server.listen(to: "/api/v1/ws/\(name)", headers: bearer, on: loop))
            }
            let (workflows, queue, monitor) = (clients[0], clients[1], clients[2])
            let (history, state) = (clients[3], clients[4])
            _ = try await Self.hear(workflows, on: loop) {
                $0.contains(#""adw_id":"\#(id)""#) && $0.contains(#""status":"RUNNING""#)
            }
            _ = try await Self.hear(queue, on: loop) {
                $0.contains(#""name":"after","needs":["ask"],"status":"blocked""#)
            }
            // As the kernel sees it: its process reads from its standard input.
            let waiting = try await Self.hear(monitor, on: loop) {
                $0.contains(#""activity":"waiting for input""#)
            }
            #expect(waiting.contains(#""is_process_active":true"#))
            #expect(waiting.contains(#""phases_done":0,"phases_total":2"#))
            #expect(try await history.text(on: loop).contains(#""total_count":0"#))
            try await Self.answer(id, "no", server, bearer, on: loop)
            _ = try await Self.hear(workflows, on: loop) { $0.contains(#""status":"FAILED""#) }
            _ = try await Self.hear(queue, on: loop) { $0.contains(#""phases":[]"#) }
            _ = try await Self.hear(monitor, on: loop) { $0.contains(#""failed":1"#) }
            let past = try await history.text(on: loop)
            #expect(past.contains(#""total_count":1"#) && past.contains(#""reason":"phase_failed""#))
            let last = try await Self.hear(state, on: loop) { $0.contains(#""status":"FAILED""#) }
            #expect(last.contains(#""state":{"word":"no"}"#), "\(last)")
            #expect(last.contains(#""last_error":"no is no answer""#) || last.contains("exit status 3"))
            let asked = try await server.ask(
                .get, "/api/v1/history?status=FAILED&limit=1", headers: bearer, on: loop)
            #expect(past.contains(asked.body), "\(asked.body)")
            let none = try await server.ask(
                .get, "/api/v1/history?status=SUCCEEDED", headers: bearer, on: loop)
            #expect(none.body.contains(#""total_count":0,"workflows":[]"#))
            // What is deleted is on no board any more, and its state has ended.
            #expect(
                try await server.ask(.delete, "/api/v1/tasks/\(id)", headers: bearer, on: loop).status
                    == .noContent)
            _ = try await Self.hear(workflows, on: loop) { $0.contains(#""workflows":[]"#) }
            _ = try await Self.hear(history, on: loop) { $0.contains(#""total_count":0"#) }
            _ = try await Self.hear(state, on: loop) { $0.contains(#""type":"end""#) }
            #expect(try await state.closed(on: loop).reason == "Task deleted")
            for client in [workflows, queue, monitor, history] { try await client.close(on: loop) }
        }
    }

    /// Pausing twice is one change: the numbers of what is heard leave no room for anything else.
    @Test func nothingIsSaidWhereNothingChanges() async throws {
        try await withServer { server, _, loop in
            let bearer = try await server.bearer("ci", on: loop)
            let queue = try await server.listen(to: "/api/v1/ws/queue", headers: bearer, on: loop)
            func seq(_ text: String) throws -> UInt64 {
                try #require(JSONObject(minified: Array(text.utf8))?.number("seq"))
            }
            let snapshot = try await queue.text(on: loop)
            let first = try seq(snapshot)
            for action in ["pause", "pause", "resume", "resume", "pause"] {
                let answer = try await server.ask(
                    .post, "/api/v1/queue/\(action)", headers: bearer, on: loop)
                #expect(answer.status == .ok)
            }
            let before = try await server.ask(.get, "/api/v1/feeds/workflows", headers: bearer, on: loop)
            var said: [String] = []
            while said.last?.contains(#""paused":true"#) != true || said.count < 1 {
                said.append(try await queue.text(on: loop))
            }
            // Those that came within 5 ms of each other may be one.
            for (index, text) in said.enumerated() { #expect(try seq(text) == first + UInt64(index) + 1) }
            let after = try await server.ask(.get, "/api/v1/feeds/workflows", headers: bearer, on: loop)
            #expect(before.body == after.body)
            try await queue.close(on: loop)
        }
    }

    @Test func theStateOfNoTaskIsRefused() async throws {
        try await withServer { server, _, loop in
            let bearer = try await server.bearer("ci", on: loop)
            let read = try await server.ask(
                .get, "/api/v1/feeds/adw-state/bbbbbbbbbb", headers: bearer, on: loop)
            #expect(read.status == .notFound)
            var page = bearer
            page.append("Origin", server.url)
            let client = try await server.listen(
                to: "/api/v1/ws/adw-state/bbbbbbbbbb", headers: page, on: loop)
            _ = try await Self.hear(client, on: loop) { $0.contains(#""type":"end""#) }
            #expect(try await client.closed(on: loop).code?.rawValue == 4404)
        }
    }

    @Test func whatATaskKeptIsDownloadedAndNeverShown() async throws {
        try await withServer { server, folder, loop in
            let (bearer, id) = try await Self.begin(server, folder, on: loop)
            let path = "/api/v1/tasks/\(id)/artifacts"
            let early = try await server.ask(.get, path, headers: bearer, on: loop)
            #expect(early.body == #"{"artifacts":[]}"#)
            let state = try await server.listen(
                to: "/api/v1/ws/adw-state/\(id)", headers: bearer, on: loop)
            try await Self.answer(id, "yes", server, bearer, on: loop)
            _ = try await Self.hear(state, on: loop) { $0.contains(#""status":"SUCCEEDED""#) }
            try await state.close(on: loop)
            let list = try await server.ask(.get, path, headers: bearer, on: loop)
            #expect(list.body == #"{"artifacts":[{"path":"out/said.html","size":11}]}"#)
            let (head, body) = try await server.answer(
                to: .get, path + "/out/said.html", headers: bearer, on: loop)
            #expect(body == "<b>yes</b>\n")
            #expect(
                head.headers["Content-Disposition"]
                    == #"attachment; filename="said.html"; filename*=UTF-8''said.html"#)
            #expect(head.headers["X-Content-Type-Options"] == "nosniff")
            for other in ["/out/none", "/out", "/work/out/said.html"] {
                let answer = try await server.ask(.get, path + other, headers: bearer, on: loop)
                #expect(answer.status == .notFound, "\(other)")
            }
        }
    }
}
