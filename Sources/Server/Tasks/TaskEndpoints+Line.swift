import Loop
import Transport
import Wire
import Workflows

/// The line of tasks that wait, and the workflows that there are.
extension TaskEndpoints {
    var ofTheLine: [Route] {
        [
            Route(
                .get, "/api/v1/queue", "The line of tasks", access: .atLeast(.viewer),
                documentation: TaskDocumentation.queue
            ) { call, loop async throws(HTTPError) in try await queue() },
            Route(
                .post, "/api/v1/queue/pause", "Let no task begin", access: .atLeast(.operators),
                documentation: TaskDocumentation.pausing
            ) { call, loop async throws(HTTPError) in try await setPaused(true) },
            Route(
                .post, "/api/v1/queue/resume", "Let tasks begin again", access: .atLeast(.operators),
                documentation: TaskDocumentation.pausing
            ) { call, loop async throws(HTTPError) in try await setPaused(false) },
            Route(
                .post, "/api/v1/tasks/{id}/move", "Give a task that waits another place",
                access: .atLeast(.operators), documentation: TaskDocumentation.moving
            ) { call, loop async throws(HTTPError) in
                let (id, move) = (
                    try call.taskID(), try await call.decode(TaskMessages.Move.self, on: loop)
                )
                try await Self.heed { () throws(TaskError) in try await engine.move(id, before: move.before) }
                return try await queue()
            },
        ]
    }

    private func queue() async throws(HTTPError) -> Response {
        let line = await engine.line()
        let waiting = line.waiting.compactMap { engine.board.active($0) }.map(TaskMessages.Queue.Waiting.init)
        return try .json(
            TaskMessages.Queue(isPaused: line.isPaused, running: line.running, waiting: waiting),
            headers: fresh)
    }

    private func setPaused(_ isPaused: Bool) async throws(HTTPError) -> Response {
        try await Self.heed { () throws(TaskError) in try await engine.setPaused(isPaused) }
        return try await queue()
    }

    // MARK: Workflows

    var workflows: [Route] {
        [
            Route(
                .get, "/api/v1/workflows", "List the workflows", access: .atLeast(.viewer),
                documentation: TaskDocumentation.workflows
            ) { call, loop async throws(HTTPError) in
                let snapshot = engine.workflows.snapshot
                return try .json(WorkflowMessages.List(snapshot), headers: fresh)
            },
            Route(
                .get, "/api/v1/workflows/{name}", "Look at a workflow", access: .atLeast(.viewer),
                documentation: TaskDocumentation.workflow
            ) { call, loop async throws(HTTPError) in
                let name = call.parameter("name")
                guard let entry = engine.workflows.snapshot.entry(named: name) else {
                    throw HTTPError(.notFound, "There is no workflow \"\(name.prefix(100))\".")
                }
                return try .json(WorkflowMessages.Workflow(entry), headers: fresh)
            },
        ]
    }
}
