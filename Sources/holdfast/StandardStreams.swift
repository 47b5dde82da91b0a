import Configuration
import Glibc
import Loop

/// The three streams that every program counts on.
enum StandardStreams {
    /// Opens those that the program was started without, before anything else does: the next file would have their
    /// number, and what is said would be written into it. Each in the direction in which it is not used, so that using
    /// it is still an error.
    static func openMissing() {
        for (stream, mode) in [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
        ]
        where fcntl(stream, F_GETFD) < 0 {
            // The lowest number that is free, which is this one, since those before it are open.
            guard unsafe open("/dev/null", mode) == stream else { exit(ExitCode.system.rawValue) }
        }
    }

    /// More than the server takes, which says how much that is.
    private static let mostBytes = 64 << 20

    /// All that comes on standard input, for as long as its writer takes.
    static func input() throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < mostBytes {
            let count = unsafe Glibc.read(STDIN_FILENO, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure(SystemError("read")) }
            if count == 0 { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }
}
