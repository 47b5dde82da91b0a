package import Loop

/// Owns the tasks of one session: when the session ends they are cancelled, and awaited within a deadline.
///
/// Lives on the session's loop, and so does the code of its tasks. For bodies that have many; one with a single task
/// keeps it by itself.
package final class Supervisor: SlowHeld {
    package let patience: Duration
    private var running: [Int: Task<Void, Never>] = [:]
    private var nextNumber = 0
    private var receipt: Receipt?
    private var ending = false

    package init(patience: Duration) { self.patience = patience }

    package var holding: Holdings { [.task: running.count] }

    /// Starts `work` as a task of the session; a task that comes after the end begins cancelled.
    package func spawn(on loop: isolated EventLoop, _ work: @escaping () async -> Void) {
        let number = nextNumber
        nextNumber += 1
        let task = Task {
            await work()
            self.finished(number, on: loop)
        }
        running[number] = task
        if ending { task.cancel() }
    }

    package func giveBack(_ receipt: Receipt, on loop: isolated EventLoop) {
        ending = true
        guard !running.isEmpty else { return receipt.given(on: loop) }
        self.receipt = receipt
        for task in running.values { task.cancel() }
    }

    private func finished(_ number: Int, on loop: isolated EventLoop) {
        running[number] = nil
        guard running.isEmpty else { return }
        receipt?.given(on: loop)
        receipt = nil
    }
}
