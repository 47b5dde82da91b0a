import Glibc
import Loop
import Terminals

/// An account of the system: whom a program runs as. Looking one up may ask other machines, so it blocks.
struct UnixUser: Sendable {
    let name: String
    let user: UInt32
    let group: UInt32
    let groups: [UInt32]
    let home: String
    let shell: String

    /// Whom this program runs as; nil where the system does not know it.
    static func current() throws(SystemError) -> UnixUser? {
        let own = geteuid()
        return try unsafe find { entry, text, found in
            unsafe getpwuid_r(own, entry, text.baseAddress!, text.count, found)
        }
    }

    /// As in a container whose user has no name.
    static var nameless: UnixUser {
        UnixUser(
            name: "\(geteuid())", user: geteuid(), group: getegid(), groups: [], home: "/", shell: "/bin/sh")
    }

    /// Nil where there is nobody of that name; it throws where that cannot be found out.
    static func named(_ name: String) throws(SystemError) -> UnixUser? {
        try unsafe find { entry, text, found in
            unsafe getpwnam_r(name, entry, text.baseAddress!, text.count, found)
        }
    }

    /// Nobody's entry is longer.
    private static let longestEntry = 64 << 10

    /// `look` is lent the memory that the entry's texts lie in; they are copied before it goes.
    private static func find(
        _ look: (
            UnsafeMutablePointer<passwd>, UnsafeMutableBufferPointer<CChar>,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> CInt
    ) throws(SystemError) -> UnixUser? {
        try unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: longestEntry) {
            text throws(SystemError) in
            var entry = unsafe passwd()
            var found: UnsafeMutablePointer<passwd>?
            let code = unsafe look(&entry, text, &found)
            // Some ways of looking say by these that there is nobody.
            guard code == 0 || code == ENOENT || code == ESRCH else {
                throw SystemError("looking up a Unix user", code: code)
            }
            guard unsafe found != nil else { return nil }
            let name = unsafe String(cString: entry.pw_name)
            return unsafe UnixUser(
                name: name, user: entry.pw_uid, group: entry.pw_gid,
                groups: groups(of: name, and: entry.pw_gid), home: String(cString: entry.pw_dir),
                shell: String(cString: entry.pw_shell))
        }
    }

    private static func groups(of name: String, and group: gid_t) -> [UInt32] {
        var count: CInt = 256
        while true {
            var groups = [gid_t](repeating: 0, count: Int(count))
            let asked = count
            // It writes no more than `count`, and says how many there are.
            if unsafe getgrouplist(name, group, &groups, &count) >= 0 {
                return Array(groups.prefix(Int(count)))
            }
            guard count > asked else { return [group] }
        }
    }

    /// Whether the mode of a folder lets them come to what is in it.
    func mayEnter(_ folder: String) -> Bool {
        var status = stat()
        guard user != 0, unsafe stat(folder, &status) == 0 else { return true }
        if status.st_uid == user { return status.st_mode & S_IXUSR != 0 }
        let isInGroup = status.st_gid == group || groups.contains(status.st_gid)
        return status.st_mode & (isInGroup ? S_IXGRP : S_IXOTH) != 0
    }

    var launchUser: TerminalLaunch.User { TerminalLaunch.User(user: user, group: group, groups: groups) }
}
