import CLinux
import Glibc
import Loop
import Workflows

/// A file that is being read. Whoever may still read it shares it, so it is closed when the last lets go.
final class OpenFile: Sendable {
    let state: FileState
    private let raw: CInt

    private init(_ raw: CInt, _ state: FileState) {
        self.raw = raw
        self.state = state
    }

    /// One that was opened already; nil where somebody has it, or where the system does not know it.
    convenience init?(_ opened: OpenedDescriptor) {
        guard let descriptor = opened.take() else { return nil }
        self.init(taking: descriptor.release())
    }

    /// Takes over `raw`, and closes it also where the system does not know it.
    convenience init?(taking raw: CInt) {
        var status = stat()
        guard unsafe fstat(raw, &status) == 0 else {
            close(raw)
            return nil
        }
        self.init(raw, FileState(status))
    }

    deinit { close(raw) }

    enum Found {
        case file(OpenFile)
        case folder
        /// Not there, not ours to read, no plain file, or not inside the folder: the asker sees no difference.
        case nothing
    }

    /// Opens `path` below `root`, whose own name is free of links. Blocks.
    static func open(_ path: String, below root: String) -> Found {
        // A pipe or a device must not hold the thread.
        let raw = unsafe Glibc.open("\(root)/\(path)", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard raw >= 0 else { return .nothing }
        var status = stat()
        // Asked of what was opened and not of its name, so nobody can exchange it in between.
        guard unsafe fstat(raw, &status) == 0, isInside(raw, root) else {
            close(raw)
            return .nothing
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file(OpenFile(raw, FileState(status)))
        case S_IFDIR:
            close(raw)
            return .folder
        default:
            close(raw)
            return .nothing
        }
    }

    /// At most `count` bytes from `offset` on; fewer at the end of the file. Blocks.
    func read(_ count: Int, at offset: Int) throws(SystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            // Inside the array: what is read is at most what is left of it.
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(raw, $0.baseAddress! + filled, count - filled, off_t(offset + filled))
            }
            if got == 0 { break }
            if got > 0 { filled += got } else if errno != EINTR { throw SystemError("read") }
        }
        bytes.removeLast(count - filled)
        return bytes
    }

    /// Whether the file, with all links followed, is below `root`: the kernel says where it is.
    private static func isInside(_ raw: CInt, _ root: String) -> Bool {
        guard let place = FolderPath.real("/proc/self/fd/\(raw)") else { return false }
        return FolderPath.isInside(place, root)
    }
}

extension OpenFile {
    private static let piece = 256 << 10
    private static let patience = Duration.seconds(30)

    /// An answer with all that was in it when it was opened, or the first bytes of that.
    func stream(by offload: Offload, upTo most: Int = .max) -> PieceStream {
        var offset = 0
        return PieceStream { loop in
            let (start, size) = (offset, min(Self.piece, min(most, self.state.size) - offset))
            guard size > 0 else { return nil }
            let piece = try await offload.run(until: loop.now + Self.patience, on: loop) {
                try self.read(size, at: start)
            }
            guard piece.count == size else { throw SystemError("read", code: ESTALE) }
            offset += size
            return piece
        }
    }
}
