import Loop
import Sessions
import Wire
import Workflows

/// The feeds `adw-state` on channels: `/adw-state/ID`.
struct StateSource: LiveSource {
    let states: StateFeeds

    func open(_ request: LiveRequest, on loop: isolated EventLoop) throws(HTTPError) -> (any LiveTarget)? {
        guard request.path.first == "adw-state", request.path.count == 2 else { return nil }
        guard let id = TaskID(request.path[1]) else {
            throw HTTPError(.notFound, "There is no task \"\(request.path[1].prefix(100))\".")
        }
        return StateTarget(states: states, id: id)
    }
}

private struct StateTarget: LiveTarget {
    let states: StateFeeds
    let id: TaskID

    func log(on loop: EventLoop) async throws(HTTPError) -> SharedLog {
        do throws(TaskError) { return try await states.log(of: id) } catch { throw HTTPError(error) }
    }

    func send(
        _ data: [UInt8], from caller: Caller, on loop: isolated EventLoop
    ) throws(HTTPError) -> LiveSending {
        throw HTTPError(.badRequest, "Nothing can be sent to the state of a task; its phases write it.")
    }
}
