import Configuration
import Glibc
import Loop
import Terminals

/// A recording in a file, read as it is wanted. Its owner closes it.
struct RecordingFile: ~Copyable {
    private static let chunk = 256 << 10

    private let path: String
    private let file: Descriptor
    private var reader = AsciicastReader()
    private var isRead = false

    init(_ path: String) throws(Failure) {
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else {
            let error = SystemError("open")
            throw Failure(error.code == ENOENT ? .missing : .failure, "\(path): \(error)")
        }
        self.path = path
        file = Descriptor(owning: raw)
    }

    /// There when something was read.
    var header: AsciicastHeader? { reader.header }

    /// Some more events; nil at the end.
    mutating func next() throws(Failure) -> [AsciicastEvent]? {
        guard !isRead else { return nil }
        var bytes = [UInt8](repeating: 0, count: Self.chunk)
        var count = 0
        repeat {
            count = unsafe read(file.raw, &bytes, bytes.count)
        } while count < 0 && errno == EINTR
        guard count >= 0 else { throw Failure(.failure, "\(path): \(SystemError("read"))") }
        do throws(AsciicastError) {
            isRead = count == 0
            return isRead ? try reader.finish() : try reader.read(bytes[..<count])
        } catch {
            throw Failure(.data, "\(path), \(error)")
        }
    }

    consuming func close() { file.close() }
}
