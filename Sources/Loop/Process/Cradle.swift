import CLinux
import Glibc

/// Where one newborn at a time says which process it is, before it can end: until it is in the register, nobody else
/// could tell it from an orphan.
@safe final class Cradle: Sendable {
    /// Written by the newborn, which shares the program's memory, and read by any thread; both atomically.
    private nonisolated(unsafe) let place: UnsafeMutablePointer<pid_t>

    init() {
        unsafe place = .allocate(capacity: 1)
        unsafe place.initialize(to: 0)
    }

    deinit { unsafe place.deallocate() }

    func holds(_ pid: pid_t) -> Bool { unsafe hf_in_cradle(place) == pid }

    func clear() { unsafe hf_clear_cradle(place) }

    /// Lends the place to a birth.
    func lend<Outcome>(
        to birth: (UnsafeMutablePointer<pid_t>) throws(SystemError) -> Outcome
    ) throws(SystemError) -> Outcome {
        try unsafe birth(place)
    }
}
