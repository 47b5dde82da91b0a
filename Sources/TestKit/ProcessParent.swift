package import Glibc
import Loop

/// The process from which another came; nil when that is gone.
package func parent(of pid: pid_t) -> pid_t? {
    let words = ProcFile.contents("/proc/\(pid)/stat").map { String(decoding: $0, as: UTF8.self) }
    // The name stands in parentheses, and may have some itself.
    return words?.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) }
}
