import CLinux
import Glibc
import Synchronization

/// A loop that did not come round in time, and who held it.
package struct LoopStall: Sendable {
    package let loop: String
    package let lasted: Duration
    package let holder: String
}

/// A thread that looks at each loop's pulse and reports the one that does not come round within 100 ms.
/// It reports while the loop is still held, once for each stall.
final class Watchdog: Sendable {
    static let patience = Duration.milliseconds(100)
    private static let interval: CInt = 50

    private let thread: Mutex<LoopThread?>
    private let wakeUp: WakeUp

    init(loops: [EventLoop], onStall: @escaping @Sendable (LoopStall) -> Void) throws(SystemError) {
        let wakeUp = try WakeUp()
        self.wakeUp = wakeUp
        let watch = try LoopThread(name: "watchdog") {
            var reported = [Instant?](repeating: nil, count: loops.count)
            while !Self.sleep(wakeUp) {
                for (index, loop) in loops.enumerated() {
                    Self.look(at: loop, &reported[index], onStall)
                }
            }
        }
        thread = Mutex(watch)
    }

    func stop() {
        wakeUp.signal()
        thread.withLock { $0.take() }?.join()
    }

    /// True when it was woken to end.
    private static func sleep(_ wakeUp: WakeUp) -> Bool {
        var poll = pollfd(fd: wakeUp.raw, events: Int16(POLLIN), revents: 0)
        return unsafe Glibc.poll(&poll, 1, interval) > 0
    }

    private static func look(
        at loop: EventLoop, _ reported: inout Instant?, _ onStall: (LoopStall) -> Void
    ) {
        // The pulse is told in the loop's own time; a clock that is turned by hand stalls nobody.
        guard loop.clock is SystemClock, let since = loop.pulse.busyFrom, since != reported else { return }
        let lasted = loop.clock.now - since
        guard lasted > patience else { return }
        reported = since
        loop.pulse.countStall()
        onStall(LoopStall(loop: loop.name, lasted: lasted, holder: loop.pulse.holderName))
    }
}
