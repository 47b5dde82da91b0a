import CLinux
import Glibc
import Wire

/// Which state of a file was read: another inode, size or time of change is another state.
struct FileState: Hashable, Sendable {
    private let inode: UInt64
    let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
        inode = UInt64(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    var lastModified: HTTPDate { HTTPDate(seconds: Int64(seconds)) }

    var tag: HTTPEntityTag {
        let parts = [UInt64(bitPattern: Int64(seconds)), UInt64(nanoseconds), UInt64(size), inode]
        return HTTPEntityTag(parts.map { String($0, radix: 36) }.joined(separator: "-"))
    }
}
