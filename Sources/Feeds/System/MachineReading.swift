import CLinux
import Glibc
import Loop

/// What the kernel and the loops say of themselves at one moment.
struct MachineReading: Equatable {
    var memoryTotal = 0
    var memoryAvailable = 0
    var diskTotal = 0
    var diskFree = 0
    /// The average of one minute, in hundredths.
    var load = 0
    var cores = 1
    /// For how long each loop has not come round.
    var loopsBusy: [Duration] = []
    /// How often, since the start, a loop did not come round in time.
    var stalls = 0
}

extension MachineReading {
    /// Reads files of the kernel, which may block.
    ///
    /// - Parameter folder: lies on the disk that is meant.
    init(folder: String, loops: [EventLoop]) throws(MachineReadingError) {
        (memoryTotal, memoryAvailable) = try Self.memory(Self.contents("/proc/meminfo"))
        load = try Self.load(Self.contents("/proc/loadavg"))
        (diskTotal, diskFree) = try Self.disk(of: folder)
        cores = max(1, Int(sysconf(CInt(_SC_NPROCESSORS_ONLN))))
        for loop in loops {
            loopsBusy.append(loop.pulse.busyFrom.map { loop.clock.now - $0 } ?? .zero)
            stalls += loop.pulse.stalls
        }
    }

    /// Bytes in all, and those that programs could still get.
    static func memory(_ text: String) throws(MachineReadingError) -> (total: Int, available: Int) {
        var fields: [Substring: Int] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count > 1, let kibibytes = Int(words[1]) { fields[words[0]] = kibibytes * 1024 }
        }
        guard let total = fields["MemTotal:"], let available = fields["MemAvailable:"], total > 0 else {
            throw MachineReadingError(what: "/proc/meminfo cannot be understood")
        }
        return (total, available)
    }

    static func load(_ text: String) throws(MachineReadingError) -> Int {
        guard let word = text.split(separator: " ").first, let load = Double(word), (0..<1e9).contains(load)
        else { throw MachineReadingError(what: "/proc/loadavg cannot be understood") }
        return Int(load * 100)
    }

    private static func disk(of folder: String) throws(MachineReadingError) -> (total: Int, free: Int) {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else {
            throw MachineReadingError(what: "the disk of \(folder) does not answer, errno \(errno)")
        }
        return (Int(status.f_blocks * status.f_frsize), Int(status.f_bavail * status.f_frsize))
    }

    private static func contents(_ path: String) throws(MachineReadingError) -> String {
        let raw = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard raw >= 0 else { throw MachineReadingError(what: "\(path) cannot be opened, errno \(errno)") }
        defer { close(raw) }
        var bytes = [UInt8](repeating: 0, count: 16 * 1024)
        // These files come whole with one read, and are smaller than that.
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(raw, $0.baseAddress, $0.count) }
        guard count > 0 else { throw MachineReadingError(what: "\(path) cannot be read, errno \(errno)") }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

struct MachineReadingError: Error, CustomStringConvertible {
    let what: String
    var description: String { what }
}
