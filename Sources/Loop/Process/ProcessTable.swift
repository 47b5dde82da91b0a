import CLinux
import Glibc

/// Everyone who descends from one process, at one moment.
///
/// The program is the reaper of orphans, so whoever comes from a child of ours, however often it forked and
/// whatever session it made, descends from us. No stranger is ever in the table.
struct ProcessTable: Sendable {
    let records: [ProcessRecord]

    init(_ records: [ProcessRecord]) { self.records = records }

    /// Reads the descendants of this program. Blocks for as long as /proc takes, some µs for each process.
    static func read() -> ProcessTable {
        let everyone = ProcFile.numbers(in: "/proc").compactMap { ProcessRecord(reading: $0) }
        let children = Dictionary(grouping: everyone, by: \.parent)
        // A walk is no single moment, and pids come round: nobody is followed twice, so there is no circle.
        var followed: Set<pid_t> = [getpid()]
        var descendants = children[getpid()] ?? []
        var next = 0
        while next < descendants.count {
            let pid = descendants[next].pid
            descendants[next].marker = readMarker(of: descendants[next])
            if followed.insert(pid).inserted { descendants += children[pid] ?? [] }
            next += 1
        }
        return ProcessTable(descendants)
    }

    /// Everyone on the machine, each with its mark where we may read it. Blocks, as `read` does.
    static func readEveryone() -> [ProcessRecord] {
        ProcFile.numbers(in: "/proc").compactMap { pid in
            guard var record = ProcessRecord(reading: pid) else { return nil }
            record.marker = readMarker(of: record)
            return record
        }
    }

    private static func readMarker(of record: ProcessRecord) -> String? {
        guard !record.isZombie, let environment = ProcFile.contents("/proc/\(record.pid)/environ") else {
            return nil
        }
        let name = "\(ProcessTree.markerName)="
        return unsafe environment.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            let start = unsafe hf_find_bytes(base, bytes.count, name, name.utf8.count)
            guard start >= 0 else { return nil }
            guard unsafe start == 0 || bytes[start - 1] == 0 else { return nil }
            return unsafe String(
                decoding: bytes[(start + name.utf8.count)...].prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
