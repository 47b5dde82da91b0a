/// Why a wait is over.
package enum Wake: Sendable {
    /// What was waited for has come.
    case signalled
    /// The deadline came first.
    case expired
    /// The waiting task was cancelled.
    case cancelled
}

/// The place at which one `async` function waits on a loop, never for longer than a deadline.
///
/// A signal that comes before the wait is kept, so nothing is lost between "is it there?" and "tell me".
/// Lives on one loop; one task at a time may wait.
package final class Waiter: TimerHandler {
    private var continuation: CheckedContinuation<Wake, Never>?
    private var timer: TimerToken?
    private var signalled = false
    /// Tells one wait from the next.
    private var number: UInt32 = 0

    package init() {}

    /// Waits for the next signal, or takes the one that is kept.
    package func wait(until deadline: Instant, on loop: isolated EventLoop) async -> Wake {
        precondition(continuation == nil, "two tasks wait at one place")
        if signalled {
            signalled = false
            return .signalled
        }
        if Task.isCancelled { return .cancelled }
        number &+= 1
        let own = number
        // Only carried through the cancellation handler, which may run anywhere; used on the loop again.
        nonisolated(unsafe) let place = self
        return await withTaskCancellationHandler {
            timer = deadline == .distantFuture ? nil : loop.arm(self, at: deadline)
            return await withCheckedContinuation { continuation = $0 }
        } onCancel: {
            // Posted rather than awaited: nobody would own a task for it. A loop that is over has no waits.
            loop.executor.post { unsafe place.cancel(own, on: $0) }
        }
    }

    /// Wakes the task that waits, or the next that will.
    package func signal(on loop: isolated EventLoop) {
        if continuation == nil { signalled = true } else { wake(.signalled, on: loop) }
    }

    package func due(_ timer: TimerToken, on loop: isolated EventLoop) {
        self.timer = nil
        wake(.expired, on: loop)
    }

    /// The wait of that number may be over by now, and another under way.
    private func cancel(_ number: UInt32, on loop: isolated EventLoop) {
        if number == self.number { wake(.cancelled, on: loop) }
    }

    private func wake(_ reason: Wake, on loop: isolated EventLoop) {
        guard let waiting = continuation else { return }
        continuation = nil
        if let timer { loop.cancel(timer) }
        timer = nil
        waiting.resume(returning: reason)
    }
}

extension EventLoop {
    /// Waits until `deadline` or until the task is cancelled.
    @discardableResult
    package func sleep(until deadline: Instant) async -> Wake {
        await Waiter().wait(until: deadline, on: self)
    }
}
