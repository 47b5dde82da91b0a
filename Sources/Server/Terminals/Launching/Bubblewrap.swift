import Glibc
import Wire

/// Puts a command into a sandbox of bubblewrap: the system is there and cannot be changed, `/tmp` is its own, and so is
/// the network, with nobody on it; it may write in its folder.
struct Bubblewrap {
    /// Where systems have it.
    private static let places = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"]

    let program: String
    /// Folders that nobody in the sandbox sees.
    let hidden: [String]

    init(program: String, hidden: [String]) {
        self.program = program
        self.hidden = hidden
    }

    init(hiding hidden: [String]) throws(HTTPError) {
        guard let program = Self.places.first(where: { unsafe access($0, X_OK) == 0 }) else {
            throw HTTPError(
                .serviceUnavailable,
                "The template wants a sandbox, and there is no bubblewrap here; install it (`bwrap`), or say "
                    + "`sandbox: none`.")
        }
        self.init(program: program, hidden: hidden)
    }

    /// - Parameter directory: what it may write in.
    func arguments(
        for command: String, _ arguments: [String], in directory: String?, hasNetwork: Bool
    ) -> [String] {
        var words = ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp"]
        for folder in hidden { words += ["--tmpfs", folder] }
        if let directory { words += ["--bind", directory, directory, "--chdir", directory] }
        words += ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent"]
        if !hasNetwork { words.append("--unshare-net") }
        return words + ["--", command] + arguments
    }
}
