import Glibc

/// The store's place on the disk: a folder that only its owner can look into.
struct DataFolder: Sendable {
    let path: String

    var database: String { path + "/holdfast.db" }
    var log: String { database + "-wal" }
    var lock: String { path + "/holdfast.lock" }

    /// Makes the folder, with those above it, and an empty database file where they are missing.
    ///
    /// SQLite gives its log and index the mode of the database file, so the file is made here first.
    func prepare() throws(StoreError) {
        var end = path.startIndex
        while end < path.endIndex {
            end = path[path.index(after: end)...].firstIndex(of: "/") ?? path.endIndex
            if unsafe mkdir(String(path[..<end]), 0o700) != 0, errno != EEXIST, errno != EROFS,
                errno != EACCES
            {
                throw Self.failure("mkdir")
            }
        }
        let file = unsafe open(database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("open \(database)") }
        defer { Glibc.close(file) }
        if fchmod(file, 0o600) != 0, errno != EPERM { throw Self.failure("fchmod") }
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
