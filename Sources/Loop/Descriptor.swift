import Glibc

/// An open file descriptor with one owner, closed exactly once: `close` consumes it, and forgetting to is a trap.
package struct Descriptor: ~Copyable, Sendable {
    package let raw: CInt

    /// Takes over `raw`, which nobody else may close from now on.
    package init(owning raw: CInt) { self.raw = raw }

    package consuming func close() {
        let raw = raw
        discard self
        // Linux frees the number even when close reports EINTR or EIO, so it is never tried again.
        _ = Glibc.close(raw)
    }

    /// Gives the number to somebody else, who closes it.
    package consuming func release() -> CInt {
        let raw = raw
        discard self
        return raw
    }

    deinit { trapForgotten("descriptor \(raw)") }
}
