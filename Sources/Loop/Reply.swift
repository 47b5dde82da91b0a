import Synchronization

/// How the wait for another thread's answer ended.
package enum ReplyEnd<Value: Sendable>: Sendable {
    case value(Value)
    /// The deadline came first.
    case expired
    /// The waiting task was cancelled.
    case cancelled
}

/// One answer that a loop awaits from a thread which may block, never for longer than a deadline.
///
/// The waiting function resumes exactly once. Whoever answers learns whether anybody still wanted it,
/// so that what the answer holds can be given back.
package final class Reply<Value: Sendable>: TimerHandler, Sendable {
    private enum State {
        case idle
        case awaited(CheckedContinuation<ReplyEnd<Value>, Never>)
        case settled(ReplyEnd<Value>)
        case over
    }

    private let state = Mutex(State.idle)

    package init() {}

    /// Nobody waits for the answer any more, so it need not be worked out.
    package var isOver: Bool {
        state.withLock {
            if case .over = $0 { return true }
            if case .settled = $0 { return true }
            return false
        }
    }

    /// Waits for the answer, which may have come already.
    package func wait(until deadline: Instant, on loop: isolated EventLoop) async -> ReplyEnd<Value> {
        let timer = deadline == .distantFuture ? nil : loop.arm(self, at: deadline)
        let end = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let early: ReplyEnd<Value>? = state.withLock { state in
                    if case .settled(let end) = state {
                        state = .over
                        return end
                    }
                    state = .awaited(continuation)
                    return nil
                }
                if let early { continuation.resume(returning: early) }
            }
        } onCancel: {
            settle(.cancelled)
        }
        if let timer { loop.cancel(timer) }
        return end
    }

    /// Gives the answer. False when the wait was over already and nobody will take it.
    @discardableResult
    package func answer(_ value: Value) -> Bool { settle(.value(value)) }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) { settle(.expired) }

    @discardableResult
    private func settle(_ end: ReplyEnd<Value>) -> Bool {
        let (waiting, taken): (CheckedContinuation<ReplyEnd<Value>, Never>?, Bool) = state.withLock { state in
            switch state {
            case .idle:
                state = .settled(end)
                return (nil, true)
            case .awaited(let continuation):
                state = .over
                return (continuation, true)
            case .settled, .over:
                return (nil, false)
            }
        }
        waiting?.resume(returning: end)
        return taken
    }
}
