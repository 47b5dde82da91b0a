import Glibc
import Loop

/// Finding where a recording goes on, whatever became of the recorder before.
extension RecordingFile {
    struct Place: Equatable, Sendable {
        /// Of the file.
        var bytes = 0
        /// How many bytes of the terminal are in the recording, or told to be missing.
        var spoken: UInt64 = 0
        /// Of the last event.
        var time = Duration.zero
    }

    /// Nothing that is written at once is as long.
    private static let farthest = 32 << 20

    /// Opens the file, or makes it, and takes away what stands behind the last place that was written in it: how much
    /// that is nobody knows, and it is said again.
    static func resume(_ path: String) throws(SystemError) -> Place {
        let raw = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard raw >= 0 else { throw SystemError("open \(path)") }
        defer { close(raw) }
        let size = Int(lseek(raw, 0, SEEK_END))
        guard size >= 0 else { throw SystemError("seek in \(path)") }
        let place = try lastPlace(in: raw, of: size)
        guard place.bytes == size || ftruncate(raw, off_t(place.bytes)) == 0 else {
            throw SystemError("shorten \(path)")
        }
        return place
    }

    private static func lastPlace(in raw: CInt, of size: Int) throws(SystemError) -> Place {
        var reach = 64 << 10
        while true {
            let bytes = try read(raw, from: max(0, size - reach), to: size)
            if let place = lastPlace(in: bytes, endingAt: size) { return place }
            // There is none: its header may be cut, and it begins again.
            if bytes.count == size { return Place() }
            guard reach < farthest else {
                throw SystemError("find out how far the recording came", code: ENODATA)
            }
            reach *= 8
        }
    }

    private static func lastPlace(in bytes: [UInt8], endingAt size: Int) -> Place? {
        let newline = UInt8(ascii: "\n")
        var rest = bytes[...]
        while let end = rest.lastIndex(of: newline) {
            rest = rest[..<end]
            let begin = rest.lastIndex(of: newline).map { $0 + 1 } ?? 0
            if let event = AsciicastReader.event(rest[begin...]), case .place(let count) = event.what {
                return Place(bytes: size - bytes.count + end + 1, spoken: count, time: event.time)
            }
        }
        return nil
    }

    private static func read(_ raw: CInt, from begin: Int, to end: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: end - begin)
        var filled = 0
        while filled < bytes.count {
            // Inside the array: what is read is at most what is left of it.
            let count = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(raw, $0.baseAddress! + filled, $0.count - filled, off_t(begin + filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError("read a recording", code: count < 0 ? errno : EIO) }
            filled += count
        }
        return bytes
    }
}
