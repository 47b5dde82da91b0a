import CLinux
import Glibc

/// Seconds of processor that a process has used.
struct ProcessTimes {
    private let seconds: Double

    init(of pid: CInt) {
        let file = unsafe open("/proc/\(pid)/stat", O_RDONLY)
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = unsafe read(file, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
        // The name in parentheses may hold anything; the fields behind it are plain.
        let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
        let ticks = fields.count > 13 ? (Double(fields[12]) ?? 0) + (Double(fields[13]) ?? 0) : 0
        seconds = ticks / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    static func - (later: ProcessTimes, earlier: ProcessTimes) -> Double { later.seconds - earlier.seconds }
}
