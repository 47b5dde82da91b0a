import CLinux
import Glibc
package import Loop

/// How the program itself stands, as the kernel counts it.
package struct ProcessFigures: Sendable {
    package let cpuSeconds: Double
    package let residentBytes: Int
    package let virtualBytes: Int
    package let threads: Int
    package let openDescriptors: Int
    package let descriptorLimit: Int

    /// Looks through /proc: up to milliseconds with thousands of descriptors, so not on a loop.
    package static func read() -> ProcessFigures {
        var usage = rusage()
        unsafe getrusage(RUSAGE_SELF.rawValue, &usage)
        let page = Int(sysconf(CInt(_SC_PAGESIZE)))
        let memory = (ProcFile.contents("/proc/self/statm") ?? []).split(separator: UInt8(ascii: " "))
            .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        var limit = rlimit()
        unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return ProcessFigures(
            cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            residentBytes: memory.count > 1 ? memory[1] * page : 0,
            virtualBytes: (memory.first ?? 0) * page,
            threads: ProcFile.numbers(in: "/proc/self/task").count,
            // Less the one that this look itself needs.
            openDescriptors: max(0, ProcFile.numbers(in: "/proc/self/fd").count - 1),
            descriptorLimit: Int(clamping: limit.rlim_cur))
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1e6
    }
}

extension Metrics {
    package mutating func add(_ process: ProcessFigures, _ build: BuildInfo, startedAt: Timestamp) {
        counter("process_cpu_seconds_total", "Processor time used.", [([], process.cpuSeconds)])
        gauge("process_resident_memory_bytes", "Memory that is in use and in RAM.", process.residentBytes)
        gauge("process_virtual_memory_bytes", "Address space.", process.virtualBytes)
        gauge("process_threads", "Threads.", process.threads)
        gauge("process_open_descriptors", "Descriptors that are open.", process.openDescriptors)
        gauge("process_max_descriptors", "Descriptors that may be open.", process.descriptorLimit)
        gauge(
            "process_start_time_seconds", "When the server was started, in seconds since 1970.",
            [([], Double(startedAt.milliseconds) / 1000)])
        gauge(
            "build_info", "1, labelled with what is running.",
            [([("version", build.version), ("commit", build.commit ?? "")], 1)])
    }
}
