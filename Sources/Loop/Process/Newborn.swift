import CLinux
import Glibc

/// A child between the thread that bore it and the loop that takes it over.
struct Newborn: Sendable {
    let tree: ProcessTree
    let pidfd: CInt
    let ends: StreamEnds

    /// Makes the process; the calling thread must live as long as the program. Nothing is left of a failure.
    static func bear(
        _ spec: ProcessSpec, as birth: UInt64, in cradle: Cradle
    ) throws(SystemError) -> Newborn {
        guard spec.isSpellable else { throw SystemError("spawn", code: EINVAL) }
        let ends = try StreamEnds(spec.streams)
        defer { ends.closeInner() }
        let marker = ProcessTree.makeMarker(of: birth)
        var pidfd: CInt = -1
        do throws(SystemError) {
            let pid = try clone(spec, ends, marker, cradle, &pidfd)
            return Newborn(
                tree: ProcessTree(leader: pid, birth: birth, marker: marker), pidfd: pidfd, ends: ends)
        } catch {
            ends.closeOuter()
            throw error
        }
    }

    /// Nobody wants it any more. The kill needs no wait: it is reaped with the orphans.
    func abandon() {
        _ = hf_pidfd_signal(pidfd, SIGKILL)
        close(pidfd)
        ends.closeOuter()
    }

    private static func clone(
        _ spec: ProcessSpec, _ ends: StreamEnds, _ marker: String, _ cradle: Cradle, _ pidfd: inout CInt
    ) throws(SystemError) -> pid_t {
        let candidates = CStrings(spec.candidates)
        let arguments = CStrings([spec.program] + spec.arguments)
        let environment = CStrings(
            spec.environment.filter { $0.key != ProcessTree.markerName }.map { "\($0)=\($1)" }
                + (spec.outlives ? [] : ["\(ProcessTree.markerName)=\(marker)"]))
        let directory = CStrings(spec.directory.map { [$0] } ?? [])
        let limits = spec.limits.map {
            hf_limit(resource: $0.resource.number, soft: rlim_t($0.soft), hard: rlim_t($0.hard))
        }
        let groups = spec.user?.groups ?? []
        let procs = try spec.controlGroup?.openMembers()
        defer { if let procs { close(procs) } }

        // Every pointer is lent by an object or array that outlives the call below.
        return try withExtendedLifetime((candidates, arguments, environment, directory)) {
            () throws(SystemError) -> pid_t in
            try unsafe limits.withUnsafeBufferPointer { limits throws(SystemError) -> pid_t in
                try unsafe groups.withUnsafeBufferPointer { groups throws(SystemError) -> pid_t in
                    try unsafe cradle.lend { place throws(SystemError) -> pid_t in
                        var birth = unsafe hf_birth(
                            candidates: candidates.constant, arguments: arguments.pointers,
                            environment: environment.pointers, directory: directory.pointers[0],
                            streams: (ends.inner[0], ends.inner[1], ends.inner[2]),
                            terminal: ends.innerTerminal,
                            cgroup: procs ?? -1, limits: limits.baseAddress, limit_count: limits.count,
                            file_mask: spec.fileMask.map { CInt($0) } ?? -1,
                            changes_user: spec.user == nil ? 0 : 1,
                            user: spec.user?.user ?? 0, group: spec.user?.group ?? 0,
                            groups: groups.baseAddress,
                            group_count: groups.count, no_new_privileges: spec.mayGainPrivileges ? 0 : 1,
                            outlives: spec.outlives ? 1 : 0, cradle: place, failed_step: nil, error: 0)
                        let pid = unsafe hf_spawn(&birth, &pidfd)
                        guard pid > 0 else {
                            throw unsafe SystemError(String(cString: birth.failed_step!), code: birth.error)
                        }
                        return pid
                    }
                }
            }
        }
    }
}
