import Configuration
import Glibc
import Loop

/// Where the program says things: results on standard output, everything else on standard error.
enum Output {
    /// Writes a whole result. A reader that has gone had all it wanted.
    static func result(_ text: String) -> ExitCode {
        do throws(SystemError) {
            try write(Array(text.utf8))
            return .success
        } catch  where error.isReaderGone {
            return .success
        } catch {
            say("standard output: \(error)")
            return .failure
        }
    }

    /// Writes all of `bytes` to standard output, for as long as it takes the reader to take them.
    static func write(_ bytes: [UInt8]) throws(SystemError) {
        try write(bytes, to: STDOUT_FILENO)
    }

    /// A line for the person, or several.
    static func say(_ text: String) {
        // There is nobody left to tell when standard error itself cannot be written to.
        try? write(Array("holdfast: \(text)\n".utf8), to: STDERR_FILENO)
    }

    /// Lines for the person as they are, as where each names a place in a file.
    static func list(_ lines: [String]) {
        try? note(Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// Writes to standard error.
    static func note(_ bytes: [UInt8]) throws(SystemError) { try write(bytes, to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Somebody has set the terminal or pipe that we share with them to non-blocking.
                var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                unsafe _ = poll(&ready, 1, -1)
            } else if errno != EINTR {
                throw SystemError("write")
            }
        }
    }
}

extension SystemError {
    /// Whoever was written to has closed their end.
    var isReaderGone: Bool { code == EPIPE }
}
