import Glibc
import Synchronization

/// A cgroup of its own for one process tree: what the kernel itself knows to be one tree and kills at one word.
///
/// Only where the unified hierarchy is there and ours to write (a delegated unit, or root); elsewhere `make` is
/// nil and trees are found by session, descent and mark. Ends by `remove`, once the tree is gone.
package final class ControlGroup: Sendable {
    private static let made = Atomic<UInt64>(0)

    package let path: String
    private init(path: String) { self.path = path }

    /// A new group below our own, or nil when there can be none. Touches the file system, so not on a loop.
    package static func make() -> ControlGroup? {
        guard let base = ownGroup() else { return nil }
        let number = made.add(1, ordering: .relaxed).newValue
        let path = "\(base)/\(name(of: Nursery.life))\(number)"
        guard unsafe mkdir(path, 0o755) == 0 else { return nil }
        guard unsafe access("\(path)/cgroup.kill", W_OK) == 0 else {
            unsafe rmdir(path)
            return nil
        }
        return ControlGroup(path: path)
    }

    /// Those that earlier lives of the program have left where ours would be. Touches the file system.
    static func left(by lives: Set<String>) -> [ControlGroup] {
        guard let base = ownGroup(), let directory = unsafe opendir(base) else { return [] }
        defer { unsafe closedir(directory) }
        var found: [ControlGroup] = []
        while let entry = unsafe readdir(directory) {
            let entry = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if lives.contains(where: { entry.hasPrefix(name(of: $0)) }) {
                found.append(ControlGroup(path: "\(base)/\(entry)"))
            }
        }
        return found
    }

    /// How the names of a life's groups begin.
    private static func name(of life: String) -> String { "holdfast-\(life)-" }

    /// For the child to write itself into; the caller closes it.
    func openMembers() throws(SystemError) -> CInt {
        let raw = unsafe open("\(path)/cgroup.procs", O_WRONLY | O_CLOEXEC)
        guard raw >= 0 else { throw SystemError("cgroup") }
        return raw
    }

    /// The pids of all members.
    func members() -> Set<CInt> {
        let lines = ProcFile.contents("\(path)/cgroup.procs") ?? []
        return Set(lines.split(separator: UInt8(ascii: "\n")).compactMap { ProcFile.decimal($0) })
    }

    /// Kills all members at once; true when the kernel took the order.
    func kill() -> Bool {
        let raw = unsafe open("\(path)/cgroup.kill", O_WRONLY | O_CLOEXEC)
        guard raw >= 0 else { return false }
        defer { close(raw) }
        return unsafe write(raw, "1", 1) == 1
    }

    /// Gives the group back; false while it has members.
    @discardableResult
    package func remove() -> Bool { unsafe rmdir(path) == 0 || errno == ENOENT }

    /// Kills all members until it can be given back; false when some are still there after `patience`. Blocks.
    @discardableResult
    package func end(within patience: Duration) -> Bool {
        let clock = SystemClock()
        let deadline = clock.now + patience
        while !remove() {
            guard clock.now < deadline else { return false }
            _ = kill()
            // The kernel takes a moment to end those that it was told to.
            _ = poll(nil, 0, 2)
        }
        return true
    }

    /// Where our own group is in the file system.
    private static func ownGroup() -> String? {
        guard let mounts = ProcFile.contents("/proc/self/mounts"),
            let groups = ProcFile.contents("/proc/self/cgroup")
        else { return nil }
        let mount = String(decoding: mounts, as: UTF8.self).split(separator: "\n")
            .map { $0.split(separator: " ") }.first { $0.count > 2 && $0[2] == "cgroup2" }?[1]
        let group = String(decoding: groups, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix("0::") }?.dropFirst(3)
        guard let mount, let group else { return nil }
        return group == "/" ? String(mount) : "\(mount)\(group)"
    }
}
