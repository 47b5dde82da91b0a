import CLinux
import Glibc

/// What processes have used, as the kernel counts it.
struct ProcessUse {
    let cpuSeconds: Double
    let residentBytes: Int

    init(of pids: [Int]) {
        var ticks = 0
        var pages = 0
        for pid in pids {
            // The name in parentheses may hold anything; the fields behind it are plain.
            let stat = Self.read("/proc/\(pid)/stat")
            let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
            if fields.count > 13 { ticks += (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0) }
            let statm = Self.read("/proc/\(pid)/statm").split(separator: " ")
            if statm.count > 1 { pages += Int(statm[1]) ?? 0 }
        }
        cpuSeconds = Double(ticks) / Double(sysconf(CInt(_SC_CLK_TCK)))
        residentBytes = pages * Int(getpagesize())
    }

    static var ofMyself: ProcessUse { ProcessUse(of: [Int(getpid())]) }

    private static func read(_ path: String) -> String {
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { return "" }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe Glibc.read(file, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// The use of the server and of the generator over a stretch of time.
struct UseMeter {
    private let pids: [Int]
    private let server: ProcessUse
    private let mine: ProcessUse
    private let start: Int

    init(_ pids: [Int]) {
        self.pids = pids
        server = ProcessUse(of: pids)
        mine = .ofMyself
        start = nanoseconds()
    }

    var seconds: Double { Double(nanoseconds() - start) / 1e9 }

    /// Processors kept busy since the start.
    var serverCPU: Double { (ProcessUse(of: pids).cpuSeconds - server.cpuSeconds) / seconds }
    var clientCPU: Double { (ProcessUse.ofMyself.cpuSeconds - mine.cpuSeconds) / seconds }
}

/// The monotonic clock, which the server's timestamps are compared with.
func nanoseconds() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
