import Glibc

/// Everyone who descends from one process, at one moment.
///
/// The program is the reaper of orphans, so whoever comes from a child of ours, however often it forked and
/// whatever session it made, descends from us. No stranger is ever in the table.
struct ProcessTable: Sendable {
    let records: [ProcessRecord]

    init(_ records: [ProcessRecord]) { self.records = records }

    /// Reads the descendants of this program. Blocks for as long as /proc takes: a few µs for each process there is.
    static func read() -> ProcessTable {
        let everyone = ProcFile.numbers(in: "/proc").compactMap { ProcessRecord(reading: $0) }
        let children = Dictionary(grouping: everyone, by: \.parent)
        var descendants = children[getpid()] ?? []
        var next = 0
        while next < descendants.count {
            descendants[next].marker = readMarker(of: descendants[next])
            descendants += children[descendants[next].pid] ?? []
            next += 1
        }
        return ProcessTable(descendants)
    }

    /// Who belongs to `tree`: its session, those that bear its mark, and whoever descends from either.
    /// The leader itself is left out once it has ended: its loop reaps it.
    ///
    /// - Parameter ownsSession: no later child of ours has the leader's pid, and so its session's number.
    func members(of tree: ProcessTree, ownsSession: Bool) -> [ProcessRecord] {
        var belongs = Set<pid_t>()
        // Parents stand before their children in the table.
        let members = records.filter { record in
            let isMember =
                belongs.contains(record.parent) || record.marker == tree.marker
                || ownsSession && record.session == tree.leader
            if isMember { belongs.insert(record.pid) }
            return isMember
        }
        return members.filter { !($0.pid == tree.leader && $0.isZombie) }
    }

    private static func readMarker(of record: ProcessRecord) -> String? {
        guard !record.isZombie, let environment = ProcFile.contents("/proc/\(record.pid)/environ") else {
            return nil
        }
        let name = Array("\(ProcessTree.markerName)=".utf8)
        return environment.split(separator: 0).first { $0.starts(with: name) }
            .map { String(decoding: $0.dropFirst(name.count), as: UTF8.self) }
    }
}
