import Glibc
package import Loop

/// Removes a folder with all in it, however deep, and whatever its permissions say; follows no link. Blocks.
package enum FolderSweep {
    /// Folders are brought up to the top before their paths become too long to be named.
    private static let deepest = 32

    /// Nothing there is nothing to remove.
    package static func remove(_ path: String) throws(SystemError) {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            throw SystemError("remove \(path)", code: EINVAL)
        }
        let parent = unsafe Glibc.open(String(path[...slash]), PathOnly.flag | O_DIRECTORY | O_CLOEXEC)
        if parent < 0, errno == ENOENT { return }
        guard parent >= 0 else { throw SystemError("open \(path)") }
        defer { close(parent) }
        let name = path[path.utf8.index(after: slash)...].utf8.map { CChar(bitPattern: $0) } + [0]
        if unsafe unlinkat(parent, name, 0) == 0 || errno == ENOENT { return }
        let top = try open(name, in: parent)
        defer { close(top) }
        var moved = 0
        // Each pass empties the top but for what was brought up meanwhile.
        repeat {
            moved = 0
            try empty(top, top: top, depth: 0, &moved)
        } while moved > 0
        guard unsafe unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
            throw SystemError("rmdir \(path)")
        }
    }

    private static func empty(_ folder: CInt, top: CInt, depth: Int, _ moved: inout Int) throws(SystemError) {
        for name in try FolderNames.all(in: folder) {
            if unsafe unlinkat(folder, name, 0) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR || errno == EPERM || errno == EACCES else {
                throw SystemError("unlink \(FolderNames.text(name))")
            }
            if depth == deepest {
                let higher = "holdfast-moved-\(UInt64.random(in: .min ... .max))"
                guard unsafe renameat(folder, name, top, higher) == 0 else { throw SystemError("rename") }
                moved += 1
                continue
            }
            let inner = try open(name, in: folder)
            defer { close(inner) }
            try empty(inner, top: top, depth: depth + 1, &moved)
            guard unsafe unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT else {
                throw SystemError("rmdir \(FolderNames.text(name))")
            }
        }
    }

    /// A folder that may be read and emptied, made so where it is not.
    private static func open(_ name: [CChar], in parent: CInt) throws(SystemError) -> CInt {
        let place = unsafe openat(parent, name, PathOnly.flag | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard place >= 0 else { throw SystemError("open \(FolderNames.text(name))") }
        defer { close(place) }
        let same = "/proc/self/fd/\(place)"
        unsafe _ = chmod(same, 0o700)
        let raw = unsafe Glibc.open(same, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard raw >= 0 else { throw SystemError("open \(FolderNames.text(name))") }
        return raw
    }
}
