import CLinux
import Glibc

/// Reaps those who lost their parent and came to us, and nobody else's children.
///
/// An orphan is a child of ours that is in no register and not in our session: every process that Holdfast
/// starts leads a session of its own, and none that descends from it can ever come back into ours. A child that
/// some library started the ordinary way stays in our session, and its end is left to that library.
struct OrphanReaper {
    /// Reaps the process unless it is registered; true when it did.
    let reapUnlessKnown: (pid_t) -> Bool

    func reap() {
        let session = getsid(0)
        // Mostly there is nobody, or orphans only, and then the kernel's word is enough.
        while let pid = anyZombie() {
            guard getsid(pid) != session, reapUnlessKnown(pid) else {
                // One who is not ours to reap stands in front of the others.
                for pid in ProcFile.childrenOfThisProcess() where getsid(pid) != session {
                    _ = reapUnlessKnown(pid)
                }
                return
            }
        }
    }

    private func anyZombie() -> pid_t? {
        var ended = hf_ended()
        return unsafe hf_reap(P_ALL, 0, 1, &ended) == 1 ? ended.pid : nil
    }
}
