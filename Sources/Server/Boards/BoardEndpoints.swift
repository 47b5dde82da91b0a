import Feeds
import JSONCoding
import Loop
import Sessions
import Transport
import Wire
import Workflows

/// The state of one task as a feed, and the history of all, over HTTP and WebSocket. The feeds of the whole have their
/// routes from `FeedEndpoints`.
struct BoardEndpoints: Sendable {
    let engine: TaskEngine
    let states: StateFeeds

    init(_ feeds: TaskFeeds, of engine: TaskEngine) {
        self.engine = engine
        states = feeds.states
    }

    /// The states as channels of the multiplexed socket.
    var source: any LiveSource { StateSource(states: states) }

    var routes: [Route] {
        [
            Route(
                .get, "/api/v1/ws/adw-state/{adw_id}", "Listen to the state of a task", kind: .webSocket,
                access: .atLeast(.viewer), documentation: BoardDocumentation.listening
            ) { call, loop async throws(HTTPError) in
                let (log, after) = (try await log(call), try call.seq("after"))
                return try call.listen(to: log, after: after)
            },
            Route(
                .get, "/api/v1/feeds/adw-state/{adw_id}", "Read the state of a task",
                access: .atLeast(.viewer),
                documentation: BoardDocumentation.reading
            ) { call, loop async throws(HTTPError) in try await read(call, on: loop) },
            Route(
                .get, "/api/v1/history", "What became of tasks", access: .atLeast(.viewer),
                documentation: BoardDocumentation.history
            ) { call, loop async throws(HTTPError) in try await history(call) },
        ]
    }

    private func log(_ call: Call) async throws(HTTPError) -> SharedLog {
        let id = try call.parameter("adw_id", as: TaskID.self)
        return try await TaskEndpoints.heed { () throws(TaskError) in try await states.log(of: id) }
    }

    private func read(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let log = try await log(call)
        let accept = HTTPAccept(call.request.head.headers)
        switch accept.preferred(among: ["application/json", "text/event-stream"]) {
        case "application/json"?:
            let glimpse = await FeedGlimpse(of: log, limit: 1)
            return try FeedEndpoints.answer(to: call, with: glimpse) { $0.messages.last }
        case "text/event-stream"?: return try await call.stream(log, on: loop)
        default:
            throw HTTPError(
                .notAcceptable,
                "A feed can be had as application/json or text/event-stream; accept one of them.")
        }
    }

    private static let mostTasks: UInt64 = 500

    private func history(_ call: Call) async throws(HTTPError) -> Response {
        let filter = HistoryFilter(
            statuses: try call.statuses(), workflow: call.queried("workflow"), text: call.queried("text"),
            from: try call.time("from"), before: try call.time("to"))
        let (limit, offset) = (try call.number("limit") ?? 50, try call.number("offset") ?? 0)
        guard limit <= Self.mostTasks else {
            throw HTTPError(.badRequest, "`limit` is a number from 0 to \(Self.mostTasks).")
        }
        let (tasks, figures) = try await TaskEndpoints.heed { () throws(TaskError) in
            try await engine.history(filter, limit: Int(limit), offset: Int(clamping: offset))
        }
        return try .json(HistoryBoard(tasks, figures), headers: [.cacheControl: "no-store"])
    }
}
