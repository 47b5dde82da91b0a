import Glibc

/// What a tree is looked for by: the session of its leader, its mark, its control group, and descent from
/// whoever is found by these.
struct ProcessSearch: Sendable {
    let tree: ProcessTree
    /// No later child of ours has the leader's pid, and so its session's number.
    let ownsSession: Bool
    /// We have no other child, so whoever descends from us is of this tree.
    var ownsAll = false
    var controlGroup: ControlGroup?

    /// Who belongs to the tree. The leader itself is left out once it has ended: its loop reaps it.
    func members(in table: ProcessTable) -> [ProcessRecord] {
        let held = controlGroup?.members() ?? []
        var belongs = Set<pid_t>()
        // Parents stand before their children in the table.
        let members = table.records.filter { record in
            let isMember =
                ownsAll || belongs.contains(record.parent) || record.marker == tree.marker
                || held.contains(record.pid) || ownsSession && record.session == tree.leader
            if isMember { belongs.insert(record.pid) }
            return isMember
        }
        return members.filter { !($0.pid == tree.leader && $0.isZombie) }
    }
}
