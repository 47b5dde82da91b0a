import Loop
import Sessions
import Transport
import Wire
import Workflows

/// What a task says: live, as a page, as a stream of events, and as plain text.
extension TaskEndpoints {
    var watching: [Route] {
        [
            Route(
                .get, "/api/v1/ws/tasks/{id}", "Watch a task", kind: .webSocket, access: .atLeast(.viewer),
                documentation: TaskDocumentation.watching
            ) { call, loop async throws(HTTPError) in
                let log = try await log(call, on: loop)
                return try call.listen(to: log, after: try call.seq("after"))
            },
            Route(
                .get, "/api/v1/tasks/{id}/events", "What a task said", access: .atLeast(.viewer),
                documentation: TaskDocumentation.events
            ) { call, loop async throws(HTTPError) in try await events(call, on: loop) },
            Route(
                .get, "/api/v1/tasks/{id}/log", "What a task said, as plain text", access: .atLeast(.viewer),
                documentation: TaskDocumentation.log
            ) { call, loop async throws(HTTPError) in
                let stored = try await stored(call)
                var text = TaskText(of: stored, in: engine)
                return Response(
                    .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                    body: .stream(PieceStream { _ in try await text.page() }))
            },
        ]
    }

    /// The tasks as channels of the multiplexed socket.
    var source: any LiveSource { TaskSource(engine: engine) }

    func log(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> SharedLog {
        let id = try call.taskID()
        return try await Self.heed { () throws(TaskError) in try await engine.log(of: id, on: loop) }
    }

    private func stored(_ call: Call) async throws(HTTPError) -> StoredTask {
        let id = try call.taskID()
        return try await Self.heed { () throws(TaskError) in try await engine.stored(id) }
    }

    /// Whole messages as watchers get them, the oldest first.
    private func page(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let (task, after) = (try await stored(call), try call.seq("after") ?? 0)
        let limit = try call.number("limit") ?? 1000
        guard (1...Self.mostEvents).contains(limit) else {
            throw HTTPError(.badRequest, "`limit` is a number from 1 to \(Self.mostEvents).")
        }
        var text = Array(
            #"{"task":"\#(task.record.id)","first":\#(task.firstSeq),"last":\#(task.lastSeq),"#.utf8)
        text += #""messages":["#.utf8
        // Behind the last there is nothing, however far behind.
        var (next, count) = (max(min(after, task.lastSeq) + 1, task.firstSeq), UInt64(0))
        while count < limit, text.count < Self.mostBytes, next <= task.lastSeq {
            let start = next
            let batch = try await Self.heed { () throws(TaskError) in
                try await engine.events(of: task, from: start)
            }
            guard let batch else { break }
            for entry in batch.entries.prefix(Int(limit - count)) {
                if count > 0 { text.append(ASCII.comma) }
                unsafe text.append(contentsOf: entry.payload)
                count += 1
                next = entry.seq + 1
            }
        }
        text += "]}".utf8
        return .json(bytes: text, headers: fresh)
    }

    private static let mostEvents: UInt64 = 10_000
    /// A page ends when it is as long, however few events that are.
    private static let mostBytes = 4 << 20

    private func events(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let accept = HTTPAccept(call.request.head.headers)
        switch accept.preferred(among: ["application/json", "text/event-stream"]) {
        case "application/json"?: return try await page(call, on: loop)
        case "text/event-stream"?: return try await call.stream(log(call, on: loop), on: loop)
        default:
            throw HTTPError(
                .notAcceptable,
                "What a task said can be had as application/json or text/event-stream; accept one of them.")
        }
    }
}
