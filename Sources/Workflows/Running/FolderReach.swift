import CLinux
import Glibc
import Loop

/// A folder and what is below it, reached through its descriptor: no link in it, and no race with who changes it,
/// leads elsewhere. Gives the descriptor back with itself. Everything here blocks.
final class FolderReach {
    enum Kind {
        case folder, file, other
    }

    private let folder: CInt

    init(_ path: String) throws(SystemError) {
        let raw = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard raw >= 0 else { throw SystemError("open \(path)") }
        folder = raw
    }

    deinit { close(folder) }

    /// A plain file below the folder.
    func openFile(_ path: String) throws(SystemError) -> (raw: CInt, size: Int64) {
        let raw = try open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        var status = stat()
        guard unsafe fstat(raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            _ = Glibc.close(raw)
            throw SystemError("open \(path)", code: ENOENT)
        }
        return (raw, Int64(status.st_size))
    }

    /// A new file below the folder, in place of one that was there; the folders on the way are made.
    func makeFile(_ path: String) throws(SystemError) -> CInt {
        for end in path.utf8.indices where path.utf8[end] == UInt8(ascii: "/") {
            try makeFolder(String(path[..<end]))
        }
        try remove(path)
        return try open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    }

    func remove(_ path: String) throws(SystemError) {
        let (parent, name) = Self.split(path)
        let place = try open(parent, PathOnly.flag | O_DIRECTORY)
        defer { _ = Glibc.close(place) }
        guard unsafe unlinkat(place, name, 0) == 0 || errno == ENOENT else {
            throw SystemError("remove \(path)")
        }
    }

    /// What stands in a folder below this one, `.` for this one itself.
    func names(in path: String) throws(SystemError) -> [String] {
        let raw = try open(path, O_RDONLY | O_DIRECTORY)
        guard let entries = unsafe fdopendir(raw) else {
            _ = Glibc.close(raw)
            throw SystemError("opendir")
        }
        defer { unsafe closedir(entries) }
        var names: [String] = []
        while let entry = unsafe readdir(entries) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                // The name ends with a NUL within its field.
                unsafe String(cString: UnsafeRawPointer(name).assumingMemoryBound(to: CChar.self))
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Nil when there is nothing.
    func kind(of path: String) -> Kind? {
        guard let raw = try? open(path, PathOnly.flag | O_NOFOLLOW) else { return nil }
        defer { _ = Glibc.close(raw) }
        var status = stat()
        guard unsafe fstat(raw, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    private func makeFolder(_ path: String) throws(SystemError) {
        let (parent, name) = Self.split(path)
        let place = try open(parent, PathOnly.flag | O_DIRECTORY)
        defer { _ = Glibc.close(place) }
        guard unsafe mkdirat(place, name, 0o700) == 0 || errno == EEXIST else {
            throw SystemError("mkdir \(path)")
        }
    }

    private func open(
        _ path: String, _ flags: CInt, mode: mode_t = 0
    ) throws(SystemError) -> CInt {
        guard !path.utf8.contains(0) else { throw SystemError("open", code: EINVAL) }
        while true {
            let raw = unsafe hf_open_beneath(folder, path, flags, mode)
            if raw >= 0 { return raw }
            // Somebody moved a folder on the way while the kernel went it.
            guard errno == EAGAIN || errno == EINTR else { throw SystemError("open \(path)") }
        }
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
        return (String(path[..<slash]), String(path[path.utf8.index(after: slash)...]))
    }
}

/// O_PATH: a descriptor that names a place and reads nothing. The C library shows it to programs of GNU's own kind
/// only; the number is the same on all machines that we know.
enum PathOnly {
    static let flag: CInt = 0o10000000
}
