import Configuration
import Glibc

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
}
