import Glibc

/// The store's place on the disk: a folder that only its owner can look into.
struct DataFolder: Sendable {
    let path: String

    var database: String { path + "/holdfast.db" }
    var log: String { database + "-wal" }
    var lock: String { path + "/holdfast.lock" }

    /// Makes the folder, with those above it, where they are missing.
    func make() throws(StoreError) {
        var end = path.startIndex
        // Whatever a step runs into, what counts is whether the folder is there in the end.
        var trouble = ENOTDIR
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            if unsafe mkdir(String(path[..<end]), 0o700) != 0, errno != EEXIST { trouble = errno }
        }
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw trouble == ENOSPC || trouble == EDQUOT ? .diskFull : .noFolder(path: path, code: trouble)
        }
    }

    /// Makes an empty database file where it is missing, and keeps it to its owner.
    ///
    /// SQLite gives its log and index the mode of the database file, so the file is made here first. One that
    /// is there is never opened here: closing it again would take away the locks that another connection of
    /// this process holds on it.
    func makeDatabase() throws(StoreError) {
        let file = unsafe open(database, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 {
            Glibc.close(file)
            try Self.sync(path)
        } else if errno != EEXIST {
            throw Self.failure("open \(database)")
        } else if unsafe chmod(database, 0o600) != 0, errno != EPERM {
            throw Self.failure("chmod \(database)")
        }
    }

    /// Makes the names in a folder safe on the disk.
    static func sync(_ folder: String) throws(StoreError) {
        let directory = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("open \(folder)") }
        defer { Glibc.close(directory) }
        guard fsync(directory) == 0 else { throw failure("fsync \(folder)") }
    }

    static func failure(_ call: String) -> StoreError {
        switch errno {
        case ENOSPC, EDQUOT: .diskFull
        case EACCES, EROFS: .readOnly
        case let code: .system(call: call, code: code)
        }
    }

    /// The size of a file, or 0 when it is not there.
    static func bytes(of path: String) -> Int64 {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }
}
