import Glibc
package import Loop
import Synchronization

/// A file whose content is the value. It is read only when its time, its size or the file itself is another than at
/// the last look, and within a second of a change once more, since a file may change twice in one tick of its clock.
package struct FileSource: Sendable {
    private let path: String
    private let limit: Int
    private let known = Known()

    /// - Parameter limit: a larger one is refused, in bytes.
    package init(_ path: String, limit: Int) {
        self.path = path
        self.limit = limit
    }

    /// As something to watch; the disk may hang, so on a thread of `pool`.
    package func source(in pool: Offload) -> BlockingSource {
        BlockingSource(in: pool) { _ in try content().map { .any($0) } }
    }

    private struct Print: Equatable {
        let device: UInt
        let inode: UInt
        let size: Int
        let seconds: Int
        let nanoseconds: Int
    }

    private final class Known: Sendable {
        let print = Mutex<Print?>(nil)
    }

    /// Nil where it is as it was.
    private func content() throws(SourceError) -> [UInt8]? {
        do throws(SourceError) {
            return try read()
        } catch {
            // What comes back as it was must be said again.
            known.print.withLock { $0 = nil }
            throw error
        }
    }

    private func read() throws(SourceError) -> [UInt8]? {
        // Not to wait for the other side of a pipe.
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard raw >= 0 else { throw failure("cannot be opened") }
        defer { close(raw) }
        var status = stat()
        guard unsafe fstat(raw, &status) == 0 else { throw failure("cannot be looked at") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw SourceError("\(path) is no regular file") }
        let print = Print(
            device: UInt(status.st_dev), inode: UInt(status.st_ino), size: Int(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
        if known.print.withLock({ $0 == print }) { return nil }
        let bytes = try contents(of: raw)
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        let isSettled = now.tv_sec - print.seconds > 1 && bytes.count == print.size
        known.print.withLock { $0 = isSettled ? print : nil }
        return bytes
    }

    private func contents(of raw: CInt) throws(SourceError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // `chunk` has the size that is asked for.
            let count = unsafe Glibc.read(raw, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("cannot be read") }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw SourceError("\(path) has more than \(limit) bytes")
            }
            bytes += chunk[..<count]
        }
    }

    private func failure(_ what: String) -> SourceError {
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error \(errno)"
        return SourceError("\(path) \(what): \(reason)")
    }
}
