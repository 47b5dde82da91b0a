import CLinux
import Glibc

/// How a process ended.
package enum ProcessExit: Equatable, Sendable {
    case exited(status: CInt)
    case signalled(CInt, coreDumped: Bool)
}

/// What a process used in its life, with the children that it waited for.
package struct ResourceUsage: Equatable, Sendable {
    package let userTime: Duration
    package let systemTime: Duration
    /// The most memory it ever had resident.
    package let peakBytes: Int

    init(_ usage: rusage) {
        userTime = .seconds(usage.ru_utime.tv_sec) + .microseconds(usage.ru_utime.tv_usec)
        systemTime = .seconds(usage.ru_stime.tv_sec) + .microseconds(usage.ru_stime.tv_usec)
        peakBytes = usage.ru_maxrss * 1024
    }
}

/// The end of a child process: how, and what it had used.
package struct ProcessEnd: Equatable, Sendable {
    package let exit: ProcessExit
    package let usage: ResourceUsage

    /// - Parameters:
    ///   - code: CLD_EXITED, CLD_KILLED or CLD_DUMPED.
    ///   - status: the exit status, or the signal.
    init(code: CInt, status: CInt, _ usage: rusage) {
        exit =
            code == CLD_EXITED
            ? .exited(status: status) : .signalled(status, coreDumped: code == CLD_DUMPED)
        self.usage = ResourceUsage(usage)
    }
}
