import CLinux
import Glibc

/// One process at one moment, as /proc tells it.
struct ProcessRecord: Equatable, Sendable {
    /// A pid alone may be another's tomorrow; with the time of its start it never is.
    struct ID: Hashable, Sendable {
        let pid: pid_t
        /// In ticks since the machine started.
        let start: UInt64
    }

    let id: ID
    let parent: pid_t
    let session: pid_t
    let isZombie: Bool
    var isStopped = false
    var marker: String?

    var pid: pid_t { id.pid }

    init(id: ID, parent: pid_t, session: pid_t, isZombie: Bool = false, marker: String? = nil) {
        self.id = id
        self.parent = parent
        self.session = session
        self.isZombie = isZombie
        self.marker = marker
    }

    /// The process with this pid, or nil when there is none.
    init?(reading pid: pid_t) {
        guard let line = ProcFile.contents("/proc/\(pid)/stat") else { return nil }
        self.init(pid: pid, stat: line)
    }

    /// Understands a line of /proc/PID/stat. The name in it may contain anything, so fields are counted from
    /// its end.
    init?(pid: pid_t, stat line: [UInt8]) {
        guard let name = line.lastIndex(of: UInt8(ascii: ")")), line.count > name + 3 else { return nil }
        let state = line[name + 2]
        // After the state: the parent, the group, the session, and as the nineteenth the start.
        let fields = line[(name + 4)...].split(separator: UInt8(ascii: " "), maxSplits: 19)
        guard fields.count > 19,
            let parent: pid_t = ProcFile.decimal(fields[0]),
            let session: pid_t = ProcFile.decimal(fields[2]),
            let start: UInt64 = ProcFile.decimal(fields[18])
        else { return nil }
        let isZombie = state == UInt8(ascii: "Z") || state == UInt8(ascii: "X")
        self.init(id: ID(pid: pid, start: start), parent: parent, session: session, isZombie: isZombie)
        isStopped = state == UInt8(ascii: "T")
    }

    /// Signals this very process, never a later one with its pid. True when it was there to be signalled.
    func signal(_ number: CInt) -> Bool {
        let pidfd = hf_pidfd_open(pid)
        guard pidfd >= 0 else { return false }
        defer { close(pidfd) }
        // Once the descriptor stands for the process, its start tells whether it is the one that was meant.
        guard ProcessRecord(reading: pid)?.id == id else { return false }
        return hf_pidfd_signal(pidfd, number) == 0
    }
}
