import CLinux
import Glibc

/// The right to serve a data folder: one process at a time. The kernel takes it back when the process dies.
///
/// The lock file has two locks of one byte each. The first is the folder's. The second is held while what the file
/// says of the server's addresses is so: it is taken after they are written and given back before they end, so
/// nobody ever reads half of them, or those of a server that died. They belong to the open file and not to the
/// process, and the kernel tells anybody who has them without taking them.
struct FolderLock: ~Copyable {
    private enum Byte: off_t {
        case folder
        case addresses
    }

    private let descriptor: CInt

    /// Takes the lock or says who has it.
    init(path: String) throws(StoreError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DataFolder.failure("open \(path)") }
        guard Self.takeFolder(of: file) else {
            let error: StoreError =
                errno == EAGAIN || errno == EACCES
                ? .folderInUse(pid: FolderHolder(text: Self.text(of: file)).pid)
                : DataFolder.failure("lock \(path)")
            Glibc.close(file)
            throw error
        }
        descriptor = file
        // For people, and for the message of the second process.
        _ = Self.write(FolderHolder(pid: getpid()).text, to: file)
    }

    /// A server that was killed while it bore a child has left the lock to that child, until it has become its program:
    /// where who is named is no more, it is waited for.
    private static func takeFolder(of file: CInt) -> Bool {
        for _ in 0..<400 {
            if take(.folder, of: file) { return true }
            let refusal = errno
            guard refusal == EAGAIN || refusal == EACCES, let pid = FolderHolder(text: text(of: file)).pid,
                kill(pid, 0) != 0, errno == ESRCH
            else {
                errno = refusal
                return false
            }
            _ = poll(nil, 0, 5)
            errno = refusal
        }
        return false
    }

    /// Who holds the lock of that folder; nil when nobody does.
    static func holder(of folder: DataFolder) throws(StoreError) -> FolderHolder? {
        let file = unsafe open(folder.lock, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            if errno == EACCES { throw .noAccess(path: folder.path) }
            throw DataFolder.failure("open \(folder.lock)")
        }
        defer { Glibc.close(file) }
        guard isTaken(.folder, of: file) else { return nil }
        let earlier = FolderHolder(text: text(of: file))
        let isAnnounced = isTaken(.addresses, of: file)
        // The text of a server that died stands until its successor writes, which may be announced by the time of
        // that look: what still stands after it is the living owner's.
        let holder = FolderHolder(text: text(of: file))
        return isAnnounced && holder == earlier ? holder : FolderHolder(pid: holder.pid)
    }

    /// Has the file say where the folder's server can be reached, until `withdraw`.
    func announce(_ addresses: [String]) throws(StoreError) {
        withdraw()
        let holder = FolderHolder(pid: getpid(), addresses: addresses)
        guard Self.write(holder.text, to: descriptor), Self.take(.addresses, of: descriptor) else {
            throw DataFolder.failure("write the lock file")
        }
    }

    func withdraw() { Self.give(.addresses, of: descriptor) }

    /// Gives the folder free. The file stays: removing it would let two processes lock two files of one name.
    consuming func release() {
        // A child on its way from fork to exec still has the descriptor; closing ours would not unlock it.
        Self.give(.addresses, of: descriptor)
        Self.give(.folder, of: descriptor)
        Glibc.close(descriptor)
        discard self
    }

    deinit { precondition(descriptor < 0, "the lock of a data folder was dropped without being released") }

    // MARK: The file

    private static func write(_ text: String, to file: CInt) -> Bool {
        var text = text
        let count = text.utf8.count
        return ftruncate(file, 0) == 0
            && text.withUTF8 { unsafe pwrite(file, $0.baseAddress, $0.count, 0) } == count
    }

    private static func text(of file: CInt) -> String {
        var text = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe text.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        return String(decoding: text.prefix(max(count, 0)), as: UTF8.self)
    }

    private static func take(_ byte: Byte, of file: CInt) -> Bool {
        var range = range(byte, F_WRLCK)
        return unsafe hf_lock(file, &range) == 0
    }

    private static func give(_ byte: Byte, of file: CInt) {
        var range = range(byte, F_UNLCK)
        _ = unsafe hf_lock(file, &range)
    }

    private static func isTaken(_ byte: Byte, of file: CInt) -> Bool {
        var range = range(byte, F_WRLCK)
        return unsafe hf_look_at_lock(file, &range) == 0 && range.l_type != Int16(F_UNLCK)
    }

    private static func range(_ byte: Byte, _ kind: CInt) -> flock {
        flock(l_type: Int16(kind), l_whence: Int16(SEEK_SET), l_start: byte.rawValue, l_len: 1, l_pid: 0)
    }
}
