import Glibc

extension ChildProcess {
    /// Whether some process of the tree waits in `read` for what comes through our end of a pipe. Looks on another
    /// thread; false also where the kernel does not tell.
    package func isAwaitingInput(from pipe: UInt64, until deadline: Instant, on loop: isolated EventLoop)
        async -> Bool
    {
        guard end == nil else { return false }
        let search = ProcessSearch(
            tree: tree, ownsSession: nursery.isUndisputed(tree), controlGroup: controlGroup)
        return await nursery.walker.isAny(of: search, until: deadline, on: loop) {
            InputWait(pid: $0.pid)?.pipe == pipe
        }
    }
}

/// The pipe from which a process that sleeps in `read` wants to have something.
struct InputWait {
    /// The inode by which both of its ends are known.
    let pipe: UInt64

    /// Nil when it does something else, or reads something else.
    init?(pid: pid_t) {
        guard let line = ProcFile.contents("/proc/\(pid)/syscall") else { return nil }
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count > 1, let call: Int = ProcFile.decimal(words[0]), call == Self.read,
            let raw = Int(String(decoding: words[1].dropFirst(2), as: UTF8.self), radix: 16)
        else { return nil }
        var status = stat()
        guard unsafe stat("/proc/\(pid)/fd/\(raw)", &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
            return nil
        }
        pipe = UInt64(status.st_ino)
    }

    #if arch(x86_64)
    private static let read = 0
    #else
    private static let read = 63
    #endif
}
