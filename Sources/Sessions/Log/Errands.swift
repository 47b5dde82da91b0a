import Synchronization

/// Tasks that a log sends out: each is kept until it has come back for good, so that whoever stops the loops can
/// wait for all of them.
package final class Errands: Sendable {
    private struct State {
        var tasks: [Int: Task<Void, Never>] = [:]
        var count = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// Begins `work`, which is told its number; returns that number, to cancel it by.
    @discardableResult
    package func send(_ work: @escaping @Sendable (Int) async -> Void) -> Int {
        state.withLock { state in
            state.count += 1
            let number = state.count
            state.tasks[number] = Task {
                await work(number)
                _ = self.state.withLock { $0.tasks.removeValue(forKey: number) }
            }
            return number
        }
    }

    func cancel(_ number: Int) { state.withLock { $0.tasks[number] }?.cancel() }

    /// Waits until none is out.
    package func drain() async {
        while let task = state.withLock({ $0.tasks.values.first }) { await task.value }
    }
}
