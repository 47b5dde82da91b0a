package import Glibc

/// Reads what the kernel says about processes under /proc.
package enum ProcFile {
    /// The whole of a file, or nil when it, or the process it is about, is gone or not ours to read.
    package static func contents(_ path: String) -> [UInt8]? {
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { return nil }
        defer { close(raw) }
        var bytes: [UInt8] = []
        var room = 4096
        while true {
            var count = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
                count = unsafe read(raw, buffer.baseAddress, room)
                filled = max(0, count)
            }
            if count < 0 { return nil }
            if count == 0 { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            room = 64 * 1024
        }
    }

    /// The entries of a directory whose names are numbers: processes or threads.
    package static func numbers(in path: String) -> [pid_t] {
        guard let directory = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(directory) }
        var numbers: [pid_t] = []
        while let entry = unsafe readdir(directory) {
            let number = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { name -> pid_t? in
                let digits = unsafe name.prefix { $0 != 0 }
                return unsafe decimal(digits)
            }
            if let number { numbers.append(number) }
        }
        return numbers
    }

    /// Everyone whose parent is this process, whichever of its threads it was.
    static func childrenOfThisProcess() -> [pid_t] {
        numbers(in: "/proc/self/task").flatMap { thread in
            (contents("/proc/self/task/\(thread)/children") ?? [])
                .split(separator: UInt8(ascii: " ")).compactMap { decimal($0) }
        }
    }

    /// The number that `digits` spell, or nil when they are anything else.
    static func decimal<T: FixedWidthInteger>(_ digits: some Sequence<UInt8>) -> T? {
        var value: T = 0
        var some = false
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            let (tens, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, beyond) = tens.addingReportingOverflow(T(digit - UInt8(ascii: "0")))
            guard !over, !beyond else { return nil }
            value = sum
            some = true
        }
        return some ? value : nil
    }
}
