import JSONCoding
package import Loop
import Sessions
import Transport
import Wire
package import Workflows

/// Tasks over HTTP and WebSocket: submitting, stopping, doing again, looking, watching.
package struct TaskEndpoints: Sendable {
    let engine: TaskEngine
    let offload: Offload

    package init(_ engine: TaskEngine, offload: Offload) {
        self.engine = engine
        self.offload = offload
    }

    package var routes: [Route] { changing + looking + keeping + watching + ofTheLine + workflows }

    private var changing: [Route] {
        [
            Route(
                .post, "/api/v1/tasks", "Submit a task", access: .atLeast(.operators),
                documentation: TaskDocumentation.submitting
            ) { call, loop async throws(HTTPError) in try await submit(call, on: loop) },
            Route(
                .post, "/api/v1/tasks/{id}/cancel", "Cancel a task", access: .atLeast(.operators),
                documentation: TaskDocumentation.cancelling
            ) { call, loop async throws(HTTPError) in try await cancel(call) },
            Route(
                .post, "/api/v1/tasks/{id}/retry", "Do a task again", access: .atLeast(.operators),
                documentation: TaskDocumentation.retrying
            ) { call, loop async throws(HTTPError) in try await retry(call, on: loop) },
            Route(
                .post, "/api/v1/tasks/{id}/input", "Send a line to a phase that takes input",
                access: .atLeast(.operators), documentation: TaskDocumentation.sending
            ) { call, loop async throws(HTTPError) in try await send(call, on: loop) },
            Route(
                .delete, "/api/v1/tasks/{id}", "Delete a task that is over", access: .atLeast(.operators),
                documentation: TaskDocumentation.deleting
            ) { call, loop async throws(HTTPError) in
                let id = try call.taskID()
                try await Self.heed { () throws(TaskError) in try await engine.delete(id) }
                return Response(.noContent)
            },
        ]
    }

    private var looking: [Route] {
        [
            Route(
                .get, "/api/v1/tasks", "List tasks", access: .atLeast(.viewer),
                documentation: TaskDocumentation.listing
            ) { call, loop async throws(HTTPError) in try await list(call) },
            Route(
                .get, "/api/v1/tasks/{id}", "Look at a task", access: .atLeast(.viewer),
                documentation: TaskDocumentation.looking
            ) { call, loop async throws(HTTPError) in try .json(try await record(call), headers: fresh) },
            Route(
                .get, "/api/v1/tasks/{id}/state", "A task's state document", access: .atLeast(.viewer),
                documentation: TaskDocumentation.state
            ) { call, loop async throws(HTTPError) in
                let id = try call.taskID()
                let text = try await Self.heed { () throws(TaskError) in try await engine.stateDocument(id) }
                return .json(bytes: Array(text.utf8), headers: fresh)
            },
        ]
    }

    // MARK: Changing

    private func submit(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let wish = try await call.decode(TaskMessages.Wish.self, on: loop)
        var request = TaskRequest(
            workflow: wish.workflow, requirement: wish.requirement ?? "", inputs: wish.inputs ?? [:],
            title: wish.title, priority: wish.priority?.value ?? 0, testMode: wish.testMode ?? false,
            maxDuration: wish.maxDuration, owner: call.caller.owner?.account)
        request.idempotencyKey = call.request.head.headers["Idempotency-Key"]
        let settled = request
        let submission = try await Self.heed { () throws(TaskError) in try await engine.submit(settled) }
        return try Self.made(submission.record, isNew: submission.isNew)
    }

    private func cancel(_ call: Call) async throws(HTTPError) -> Response {
        let (id, account) = (try call.taskID(), call.caller.owner?.account)
        let record = try await Self.heed { () throws(TaskError) in
            try await engine.cancel(id, by: account)
        }
        return try .json(record, status: .accepted, headers: fresh)
    }

    private func retry(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let (id, account) = (try call.taskID(), call.caller.owner?.account)
        // Without a body it is done again from the first phase.
        let phase =
            call.request.head.headers.contains(.contentType)
            ? try await call.decode(TaskMessages.Retry.self, on: loop).phase : nil
        let record = try await Self.heed { () throws(TaskError) in
            try await engine.retry(id, from: phase, by: account)
        }
        return try Self.made(record, isNew: true)
    }

    private func send(_ call: Call, on loop: isolated EventLoop) async throws(HTTPError) -> Response {
        let (id, input) = (try call.taskID(), try await call.decode(TaskMessages.Input.self, on: loop))
        try await Self.heed { () throws(TaskError) in
            try await engine.send(input.text, to: id, phase: input.phase)
        }
        return Response(.noContent)
    }

    private static func made(_ record: TaskRecord, isNew: Bool) throws(HTTPError) -> Response {
        try .json(
            record, status: isNew ? .created : .ok, headers: ["Location": "/api/v1/tasks/\(record.id)"])
    }

    // MARK: Looking

    func record(_ call: Call) async throws(HTTPError) -> TaskRecord {
        let id = try call.taskID()
        return try await Self.heed { () throws(TaskError) in try await engine.record(id) }
    }

    private func list(_ call: Call) async throws(HTTPError) -> Response {
        let filter = TaskFilter(
            statuses: try call.statuses(), workflow: call.queried("workflow"), owner: call.queried("owner"),
            text: call.queried("text"), createdFrom: try call.time("from"),
            createdBefore: try call.time("before"))
        let limit = try call.number("limit") ?? 50
        guard (1...500).contains(limit) else {
            throw HTTPError(.badRequest, "`limit` is a number from 1 to 500.")
        }
        let cursor = try call.number("cursor").map { Int64(clamping: $0) }
        let page = try await Self.heed { () throws(TaskError) in
            try await engine.list(filter, before: cursor, limit: Int(limit))
        }
        return try .json(
            TaskMessages.Page(tasks: page.tasks.map(\.record), totalCount: page.total, next: page.next),
            headers: fresh)
    }

    /// Answers of a moment.
    var fresh: HTTPHeaders { [.cacheControl: "no-store"] }

    static func heed<Answer: Sendable>(
        _ body: () async throws(TaskError) -> Answer
    ) async throws(HTTPError) -> Answer {
        do throws(TaskError) { return try await body() } catch { throw HTTPError(error) }
    }
}

extension Call {
    func taskID() throws(HTTPError) -> TaskID { try parameter("id", as: TaskID.self) }

    /// `status=RUNNING,PENDING`
    func statuses() throws(HTTPError) -> Set<TaskStatus>? {
        guard let names = queried("status") else { return nil }
        var statuses: Set<TaskStatus> = []
        for name in names.split(separator: ",") {
            guard let status = TaskStatus(rawValue: name.uppercased()) else {
                let known = TaskStatus.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPError(.badRequest, "There is no status \"\(name)\"; there are \(known).")
            }
            statuses.insert(status)
        }
        return statuses
    }

    /// A time of the query, in RFC 3339; nil where it is not given.
    func time(_ name: String) throws(HTTPError) -> Timestamp? {
        guard let text = queried(name) else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw HTTPError(
                .badRequest, "`\(name)` must be a time such as 2026-01-31T12:00:00Z; it is \"\(text)\".")
        }
        return time
    }
}
