import Glibc
import Synchronization

/// The loops of one program, a thread each, and the watchdog that looks after them.
package final class LoopGroup: Sendable {
    package let loops: [EventLoop]
    private let threads: Mutex<[ThreadBox]>
    private let watchdog: Watchdog

    // A non-copyable thread cannot stand in an array on this toolchain.
    private final class ThreadBox: Sendable {
        private let thread: Mutex<LoopThread?>
        init(_ thread: consuming LoopThread) { self.thread = Mutex(thread) }
        func join() { thread.withLock { $0.take() }?.join() }
    }

    /// - Parameter count: how many; 0 for one per processor.
    package init(
        count: Int = 0, clock: any LoopClock = SystemClock(),
        onStall: @escaping @Sendable (LoopStall) -> Void = { _ in }
    ) throws(SystemError) {
        let wanted = count > 0 ? count : max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        var loops: [EventLoop] = []
        var threads: [ThreadBox] = []
        do throws(SystemError) {
            for index in 0..<wanted {
                let loop = try EventLoop(name: "loop-\(index)", clock: clock)
                threads.append(ThreadBox(try LoopThread(name: loop.name) { loop.run() }))
                loops.append(loop)
            }
            watchdog = try Watchdog(loops: loops, onStall: onStall)
        } catch {
            // Those that run already have nothing on them yet.
            for loop in loops { loop.executor.post { $0.stop() } }
            for thread in threads { thread.join() }
            throw error
        }
        self.loops = loops
        self.threads = Mutex(threads)
    }

    /// Ends the loops and waits for their threads. Everything on them must have ended before.
    package func stop() async {
        watchdog.stop()
        for loop in loops { await loop.stop() }
        for thread in threads.withLock({ $0 }) { thread.join() }
    }
}
