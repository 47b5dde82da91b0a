import Sessions
import Synchronization

/// How a terminal, on its loop, calls one who is attached, on another: that what is typed finds room again, or that it
/// has to leave.
final class TerminalBell: Sendable {
    private struct State {
        var isFull = false
        var ending: Ending?
    }

    private let state = Mutex(State())
    /// One ring for all that was said since the last was heard.
    let rings: AsyncStream<Void>
    private let button: AsyncStream<Void>.Continuation

    init() { (rings, button) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

    /// What is typed must wait. Called where the terminal lives, as `makeRoom` is, so that the later of the two counts.
    func fill() { state.withLock { $0.isFull = true } }

    func makeRoom() {
        state.withLock { $0.isFull = false }
        button.yield()
    }

    /// It must leave, and this is why; the first reason counts.
    func dismiss(_ ending: Ending) {
        state.withLock { $0.ending = $0.ending ?? ending }
        button.yield()
    }

    var isFull: Bool { state.withLock { $0.isFull } }
    var ending: Ending? { state.withLock { $0.ending } }
}
