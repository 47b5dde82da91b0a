import CLinux
import Glibc
import Loop

/// The log's end of its descriptor. Lives on the log's thread.
struct LogOutput: Sendable {
    /// What a pipe that is ready takes without blocking (PIPE_BUF), so that a reader that has stopped can never
    /// hold the thread inside a write.
    private static let piece = 4096

    let descriptor: CInt
    let bell: WakeUp

    /// Sleeps until there is something to write, or the end.
    func rest() {
        var poll = pollfd(fd: bell.raw, events: Int16(POLLIN), revents: 0)
        _ = unsafe Glibc.poll(&poll, 1, -1)
        bell.clear()
    }

    /// Writes all of it, or as much as is taken until the deadline, which `stop` may have set meanwhile. A descriptor
    /// that is broken takes nothing any more, and what is written to it is lost.
    func write(_ bytes: [UInt8], deadline: () -> Instant) {
        var written = 0
        while written < bytes.count {
            guard awaitRoom(deadline) else { return }
            let size = min(Self.piece, bytes.count - written)
            // Inside the array: `written + size` is at most its count.
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress! + written, size)
            }
            if count > 0 { written += count } else if errno != EINTR && errno != EAGAIN { return }
        }
    }

    /// False when the deadline came, or the descriptor is broken.
    private func awaitRoom(_ deadline: () -> Instant) -> Bool {
        while true {
            let limit = deadline()
            let left = limit == .distantFuture ? nil : limit - SystemClock().now
            if let left, left <= .zero { return false }
            var polls = [
                pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
                // While there is no deadline the bell says that one was set.
                pollfd(fd: left == nil ? bell.raw : -1, events: Int16(POLLIN), revents: 0),
            ]
            let patience = left.map { CInt(clamping: $0.milliseconds + 1) } ?? -1
            _ = unsafe Glibc.poll(&polls, 2, patience)
            if polls[1].revents != 0 { bell.clear() }
            let found = CInt(polls[0].revents)
            if found & CInt(POLLOUT) != 0 { return true }
            if found & CInt(POLLERR | POLLHUP | POLLNVAL) != 0 { return false }
        }
    }
}
