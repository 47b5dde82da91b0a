import CLinux
import Glibc

/// A counting semaphore that threads sleep at: an eventfd in its semaphore mode.
final class Turnstile: Sendable {
    private let raw: CInt

    init() throws(SystemError) {
        raw = eventfd(0, CInt(EFD_CLOEXEC) | CInt(EFD_SEMAPHORE))
        guard raw >= 0 else { throw SystemError("eventfd") }
    }

    deinit { close(raw) }

    func admit(_ count: Int) {
        var count = UInt64(count)
        _ = unsafe write(raw, &count, 8)
    }

    func pass() {
        var one: UInt64 = 0
        while unsafe read(raw, &one, 8) < 0 && errno == EINTR {}
    }
}
