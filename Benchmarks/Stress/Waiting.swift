import CLinux
import Glibc

/// Waits until there is something to read, at most 20 s.
func awaitReadable(_ raw: CInt) throws {
    var waiting = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
    // The end of a child interrupts it.
    var found: CInt
    repeat { found = unsafe poll(&waiting, 1, 20_000) } while found < 0 && errno == EINTR
    try expect(found > 0, "nothing came within 20 s")
}
