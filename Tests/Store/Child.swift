import Glibc
import Testing

/// A second process, running `StoreChild`. It is killed and reaped when the test is done with it.
final class Child {
    let pid: pid_t
    /// Its standard input and output.
    private let line: CInt
    private var unread: [UInt8] = []
    private(set) var status: CInt?

    /// - Parameter disk: the size of a small disk of its own, mounted on the folder for this child only. Takes root.
    init(_ arguments: String..., disk: String? = nil) throws {
        var link = [CChar](repeating: 0, count: 4_096)
        let length = unsafe readlink("/proc/self/exe", &link, link.count - 1)
        let me = String(decoding: link.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
        let program = me[..<(me.lastIndex(of: "/") ?? me.endIndex)] + "/StoreChild"
        var ends: [CInt] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        unsafe socketpair(AF_UNIX, kind, 0, &ends)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        var command = [String(program)] + arguments
        if let disk {
            let mount = "mount -t tmpfs -o size=\(disk) none \"$2\" && exec \"$0\" \"$@\""
            command = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", mount] + command
        }
        var words = unsafe command.map { unsafe strdup($0) } + [nil]
        var child: pid_t = 0
        let code = unsafe posix_spawn(&child, command[0], &actions, nil, &words, environ)
        unsafe words.forEach { unsafe free($0) }
        unsafe posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        pid = child
        line = ends[0]
        _ = fcntl(line, F_SETFL, O_NONBLOCK)
        try #require(code == 0, "could not start \(command[0])")
    }

    /// What it reported since the last call, whole lines only.
    func reports() -> [String] {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(line, &chunk, chunk.count)
            guard count > 0 else { break }
            unread += chunk[..<count]
        }
        guard let end = unread.lastIndex(of: 10) else { return [] }
        let lines = unread[..<end].split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        unread.removeSubrange(...end)
        return lines
    }

    /// Waits until it has reported `count` lines, and gives all there are.
    func reports(atLeast count: Int) async -> [String] {
        var lines: [String] = []
        await happens("it reports") {
            lines += self.reports()
            return lines.count >= count
        }
        return lines
    }

    /// Ends its standard input: what it holds it lets go.
    func release() { shutdown(line, Int32(SHUT_WR)) }

    func kill() { Glibc.kill(pid, SIGKILL) }

    private var hasEnded: Bool {
        if status == nil {
            var code: CInt = 0
            if unsafe waitpid(pid, &code, WNOHANG) == pid { status = code }
        }
        return status != nil
    }

    func ended() async { await happens("it has ended") { self.hasEnded } }

    deinit {
        if !hasEnded {
            kill()
            waitpid(pid, nil, 0)
        }
        close(line)
    }
}
