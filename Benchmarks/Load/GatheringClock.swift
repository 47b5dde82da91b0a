import Glibc
import Loop

/// The system's clock, for a loop that lets events gather: before it would wait for the next it sleeps a little, so
/// that the server does not pay for waking the generator with nearly every message.
struct GatheringClock: LoopClock {
    private let pause: timespec

    init(microseconds: Int) {
        pause = timespec(tv_sec: microseconds / 1_000_000, tv_nsec: microseconds % 1_000_000 * 1000)
        Self.sleepPrecisely()
    }

    var now: Instant { SystemClock().now }

    /// Asked for when nothing is left to do in a turn.
    func sleep(until deadline: Instant) -> Duration? {
        var pause = pause
        unsafe _ = nanosleep(&pause, nil)
        return SystemClock().sleep(until: deadline)
    }

    func join(wake: @escaping @Sendable () -> Void) {}

    /// The kernel may add as much as this to a sleep; threads have it from the one that starts them.
    private static func sleepPrecisely() {
        let file = unsafe open("/proc/self/timerslack_ns", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        unsafe _ = write(file, "1000", 4)
        close(file)
    }
}
