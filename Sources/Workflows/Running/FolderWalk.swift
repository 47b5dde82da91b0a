import Glibc

/// Adds up what all below a folder takes on the disk, however deep and whatever its names are; follows no link. Holds two
/// descriptors and names no path, since one may be longer than the kernel takes. Blocks.
enum FolderWalk {
    /// By which a folder is known again.
    private struct Place: Equatable {
        let device: UInt64
        let inode: UInt64

        init?(of folder: CInt) {
            var status = stat()
            guard unsafe fstat(folder, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private struct Level {
        let place: Place?
        /// Those in it that have not been looked at yet.
        var folders: [[CChar]] = []
    }

    private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC

    /// What somebody moves away meanwhile may be missing.
    static func bytes(below path: String) -> Int64 {
        var here = unsafe open(path, flags)
        guard here >= 0 else { return 0 }
        defer { close(here) }
        var sum: Int64 = 0
        var levels = [look(at: here, addingTo: &sum)]
        while let last = levels.indices.last {
            if let name = levels[last].folders.popLast() {
                let inner = unsafe openat(here, name, flags)
                guard inner >= 0 else { continue }
                let level = look(at: inner, addingTo: &sum)
                if level.folders.isEmpty {
                    close(inner)
                    continue
                }
                close(here)
                here = inner
                levels.append(level)
            } else {
                levels.removeLast()
                guard let above = levels.last else { break }
                // It may be gone through, or nothing in it would have been known to be a folder.
                let outer = unsafe openat(here, "..", flags)
                guard outer >= 0 else { break }
                close(here)
                here = outer
                guard let place = Place(of: here), place == above.place else { break }
            }
        }
        return sum
    }

    private static func look(at folder: CInt, addingTo sum: inout Int64) -> Level {
        var level = Level(place: Place(of: folder))
        for name in (try? FolderNames.all(in: folder)) ?? [] {
            var status = stat()
            guard unsafe fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            // In blocks of 512 bytes, whatever the file system's own are.
            sum += Int64(status.st_blocks) * 512
            if status.st_mode & S_IFMT == S_IFDIR { level.folders.append(name) }
        }
        return level
    }
}
