import Synchronization

/// The threads that hold connections, from their start to the join.
final class Workers: Sendable {
    private let alive = Monitor(0)
    private let threads = Mutex<[StoreThread]>([])

    /// Starts a thread that owns whatever `body` captures.
    func start(name: String, _ body: sending @escaping () -> Void) throws(StoreError) {
        alive.withLock { $0 += 1 }
        do throws(StoreError) {
            let thread = try StoreThread(name: name) { [alive] in
                body()
                alive.withLock { $0 -= 1 }
                alive.wakeAll()
            }
            threads.withLock { $0.append(thread) }
        } catch {
            alive.withLock { $0 -= 1 }
            throw error
        }
    }

    /// Whether all had ended by `deadline`.
    func waitForEnd(until deadline: Moment) -> Bool {
        alive.wait(until: deadline) { $0 == 0 ? true : nil } ?? false
    }

    func join() {
        let threads = threads.withLock { threads in
            defer { threads = [] }
            return threads
        }
        for thread in threads { thread.join() }
    }
}
