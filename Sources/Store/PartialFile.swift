import Glibc

/// The file a backup is written to, locked so that two backups never write to one.
struct PartialFile: ~Copyable {
    private let descriptor: CInt

    /// Takes the file, emptied; `busy` when another backup has it.
    /// - Parameter target: what the file is for, which an error names.
    init(path: String, for target: String) throws(StoreError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw errno == ENOSPC || errno == EDQUOT ? .diskFull : .noTarget(path: target, code: errno)
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0, Self.isStill(file, at: path), ftruncate(file, 0) == 0
        else {
            Glibc.close(file)
            throw .busy
        }
        descriptor = file
    }

    /// Whether nobody finished and renamed the file between its opening and its lock.
    private static func isStill(_ file: CInt, at path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return unsafe fstat(file, &opened) == 0 && stat(path, &named) == 0 && opened.st_ino == named.st_ino
    }

    func sync() throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw DataFolder.failure("fsync") }
    }

    consuming func close() {
        // As with the folder's lock: a child that is being spawned may still have the descriptor.
        flock(descriptor, LOCK_UN)
        Glibc.close(descriptor)
        discard self
    }

    deinit { precondition(descriptor < 0, "a backup's file was dropped without being closed") }
}
