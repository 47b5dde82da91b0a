import Glibc

/// By what a file is known to be as it was: its identity, size, and when it was changed.
struct FileStamp {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int
    private let modified: [Int]
    /// A file that has only just been changed may be changed again within the same tick of its clock, and look
    /// the same: its stamp proves nothing, and it is read once more.
    private let isSettled: Bool

    /// Nil where there is no such regular file.
    init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        modified = [
            status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
        ]
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        isSettled = now.tv_sec - max(status.st_mtim.tv_sec, status.st_ctim.tv_sec) > 2
    }

    /// Whether the file is as it was when it had the stamp `older`.
    func proves(unchangedSince older: FileStamp) -> Bool {
        isSettled && older.isSettled && device == older.device && inode == older.inode && size == older.size
            && modified == older.modified
    }
}
