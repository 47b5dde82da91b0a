import CLinux
import Glibc

/// An eventfd: how another thread ends a loop's sleep. Whoever may still wake the loop shares it,
/// so it is closed when the last of them lets go, never under somebody's write.
package final class WakeUp: Sendable {
    package let raw: CInt

    package init() throws(SystemError) {
        raw = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_NONBLOCK))
        guard raw >= 0 else { throw SystemError("eventfd") }
    }

    deinit { close(raw) }

    package func signal() {
        var one: UInt64 = 1
        // The counter cannot overflow before it is cleared, so the write never blocks.
        _ = unsafe write(raw, &one, 8)
    }

    package func clear() {
        var count: UInt64 = 0
        _ = unsafe read(raw, &count, 8)
    }
}
