import Glibc

/// The right to serve a data folder: one process at a time. The kernel takes it back when the process dies.
struct FolderLock: ~Copyable {
    private let descriptor: CInt

    /// Takes the lock or says who has it.
    init(path: String) throws(StoreError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DataFolder.failure("open \(path)") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(file)
            Glibc.close(file)
            throw .folderInUse(pid: holder)
        }
        descriptor = file
        // For people and for the message of the second process only; what counts is the lock.
        let text = Array("\(getpid())\n".utf8)
        ftruncate(file, 0)
        unsafe text.withUnsafeBytes { unsafe _ = pwrite(file, $0.baseAddress, $0.count, 0) }
    }

    private static func holder(_ file: CInt) -> Int32? {
        var text = [UInt8](repeating: 0, count: 16)
        let count = unsafe text.withUnsafeMutableBytes { unsafe pread(file, $0.baseAddress, $0.count, 0) }
        let digits = text.prefix(max(count, 0)).prefix { (0x30...0x39).contains($0) }
        return Int32(String(decoding: digits, as: UTF8.self))
    }

    /// Gives the folder free. The file stays: removing it would let two processes lock two files of one name.
    consuming func release() {
        // A child on its way from fork to exec still has the descriptor; closing ours would not unlock it.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
        discard self
    }

    deinit { precondition(descriptor < 0, "the lock of a data folder was dropped without being released") }
}
