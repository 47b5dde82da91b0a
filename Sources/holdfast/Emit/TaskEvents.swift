import Configuration
import Glibc
import Loop
import Workflows

/// The way from a program that runs in a task to the server: a line into the pipe that `$HOLDFAST_EVENTS` names.
enum TaskEvents {
    /// What the server takes as one line.
    static let longest = TaskEvent.longestText
    /// The server reads within moments; where it does not, it is stopping.
    private static let patience = Duration.seconds(10)

    /// Sends one line, whole, whoever else sends at the same time.
    static func send(_ line: String) throws(Failure) {
        guard line.utf8.count <= longest else {
            throw Failure(.data, "this is longer than the \(longest) bytes that the server takes at once")
        }
        let path = try variable("HOLDFAST_EVENTS")
        let raw = unsafe open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard raw >= 0 else {
            throw Failure(
                .missing,
                "the task that this belongs to is over, or cannot be reached: \(SystemError("open \(path)"))")
        }
        defer { close(raw) }
        let deadline = SystemClock().now + patience
        // What is longer than a page would be mixed with what others write.
        while flock(raw, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else { throw Failure(SystemError("flock")) }
            try wait(until: deadline) { _ = poll(nil, 0, 1) }
        }
        try write(Array("\(line)\n".utf8), to: raw, until: deadline)
    }

    /// Adds a line to the file that `$HOLDFAST_OUTPUT` names.
    static func addOutput(_ line: String) throws(Failure) {
        let path = try variable("HOLDFAST_OUTPUT")
        let raw = unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard raw >= 0 else { throw Failure(.missing, "\(SystemError("open \(path)"))") }
        defer { close(raw) }
        try write(Array("\(line)\n".utf8), to: raw, until: SystemClock().now + patience)
    }

    private static func variable(_ name: String) throws(Failure) -> String {
        guard let value = Environment[name] else {
            throw Failure(
                .usage, "$\(name) is not set: `emit` speaks for a task, and works in the phases of one only")
        }
        return value
    }

    private static func write(
        _ bytes: [UInt8], to raw: CInt, until deadline: Instant
    ) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(raw, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(until: deadline) {
                    var ready = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
                    unsafe _ = poll(&ready, 1, 100)
                }
            } else if errno != EINTR {
                throw Failure(SystemError("write"))
            }
        }
    }

    private static func wait(until deadline: Instant, _ pause: () -> Void) throws(Failure) {
        guard SystemClock().now < deadline else {
            throw Failure(.timeout, "the server does not read what its task says")
        }
        pause()
    }
}

extension ValueKind where Value == String {
    /// Any text, of several lines too.
    static let anyText = ValueKind(
        "text", "a text", sample: "", parse: { text throws(Complaint) in text }, print: { $0 })
}
