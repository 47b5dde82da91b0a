import CLinux
import Glibc

/// Reaps those who lost their parent and came to us, and does not take a child's end from whoever awaits it.
///
/// An orphan is a child of ours that is in no register and not in our session: every process that Holdfast
/// starts leads a session of its own, and none that descends from it can ever come back into ours. A child
/// that some library started the ordinary way stays in our session; its end is left to that library, but not
/// for ever, since it may be an orphan that the library lost.
struct OrphanReaper {
    /// How long somebody else may take to reap what may be theirs.
    private static let patience = Duration.seconds(10)

    private let clock = SystemClock()
    private var strangers: [pid_t: Instant] = [:]

    /// When to look again though nobody ended; nil when there is no need.
    var nextLook: Instant? { strangers.values.min().map { $0 + Self.patience } }

    /// - Parameter reapUnlessKnown: reaps the process if it has ended and is in no register; true when it did.
    mutating func reap(_ reapUnlessKnown: (pid_t) -> Bool) {
        let session = getsid(0)
        // Mostly there is nobody, or orphans only, and then the kernel's word is enough.
        while let pid = anyZombie() {
            guard getsid(pid) != session, reapUnlessKnown(pid) else {
                // One who is not ours to reap stands in front of the others.
                reapBehind(reapUnlessKnown, session)
                return
            }
        }
        strangers.removeAll()
    }

    private mutating func reapBehind(_ reapUnlessKnown: (pid_t) -> Bool, _ session: pid_t) {
        let now = clock.now
        let before = strangers
        strangers.removeAll()
        for pid in ProcFile.childrenOfThisProcess() {
            if getsid(pid) != session {
                _ = reapUnlessKnown(pid)
            } else if ProcessRecord(reading: pid)?.isZombie == true {
                let since = before[pid] ?? now
                if now - since < Self.patience || !reapUnlessKnown(pid) { strangers[pid] = since }
            }
        }
    }

    private func anyZombie() -> pid_t? {
        var ended = hf_ended()
        return unsafe hf_reap(P_ALL, 0, 1, &ended) == 1 ? ended.pid : nil
    }
}
