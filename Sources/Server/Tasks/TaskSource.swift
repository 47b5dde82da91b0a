import Loop
import Sessions
import Transport
import Wire
import Workflows

/// Tasks on channels: `/tasks/ID`.
struct TaskSource: LiveSource {
    let engine: TaskEngine

    func open(_ request: LiveRequest, on loop: isolated EventLoop) throws(HTTPError) -> (any LiveTarget)? {
        guard request.path.first == "tasks", request.path.count == 2 else { return nil }
        guard let id = TaskID(request.path[1]) else {
            throw HTTPError(.notFound, "There is no task \"\(request.path[1].prefix(100))\".")
        }
        return TaskTarget(engine: engine, id: id)
    }
}

/// A task that is open on a channel.
private struct TaskTarget: LiveTarget {
    let engine: TaskEngine
    let id: TaskID

    func log(on loop: EventLoop) async throws(HTTPError) -> SharedLog {
        do throws(TaskError) { return try await engine.log(of: id, on: loop) } catch {
            throw HTTPError(error)
        }
    }

    func send(
        _ data: [UInt8], from caller: Caller, on loop: isolated EventLoop
    ) throws(HTTPError) -> LiveSending {
        throw HTTPError(
            .badRequest, "Nothing can be sent to a task here; use POST /api/v1/tasks/\(id)/input.")
    }
}
