import Glibc
import Wire

/// Puts a command into a sandbox of bubblewrap: the system is there and cannot be changed; `/tmp`, `/run`, processes and
/// the network, with nobody on it, are its own; it may write in its folder, and has no capabilities, also as root.
struct Bubblewrap: Sendable {
    /// Where systems have it.
    static let places = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"]
    /// Where programs leave what others find, sockets above all.
    private static let commonPlaces = ["/tmp", "/var/tmp", "/run", "/var/run"]
    /// What root may write to without any capability, and would so change for the whole machine. Bubblewrap means to
    /// cover the first, and does not: by its mode it looks as if nobody could write there.
    private static let machinePlaces = ["/proc/sys", "/proc/fs", "/proc/acpi", "/proc/scsi"]

    let program: String
    /// Folders of which nothing is seen.
    let hidden: [String]
    /// What names machines where there is a network, if it lies in what is hidden.
    let resolver: String?
    /// What it may write in.
    let folder: String?

    init(program: String, hidden: [String], resolver: String? = nil, folder: String?) {
        self.program = program
        self.hidden = hidden
        self.resolver = resolver
        self.folder = folder
    }

    /// Looks at the files of the system, so it blocks.
    ///
    /// - Parameter data: is hidden, without links in it.
    init(
        hiding data: String, writingIn folder: String?, as user: UnixUser,
        foundIn places: [String] = Self.places
    ) throws(HTTPError) {
        guard let program = places.first(where: { unsafe access($0, X_OK) == 0 }) else {
            throw HTTPError(
                .serviceUnavailable,
                "The template wants a sandbox, and there is no bubblewrap here; install it (`bwrap`), or say "
                    + "`sandbox: none`.")
        }
        let place = folder.flatMap(FolderPath.real)
        if let folder {
            guard let place else {
                throw HTTPError(.serviceUnavailable, "There is no folder \(folder), the template's `cwd`.")
            }
            guard !FolderPath.isInside(place, data) else {
                throw HTTPError(
                    .serviceUnavailable,
                    "The template's `cwd`, \(folder), is in the data folder, which a sandbox hides.")
            }
        }
        let hidden =
            Set(Self.commonPlaces.compactMap(FolderPath.real)).sorted()
            + [Self.cover(for: data, from: user, but: place)]
        let resolver = FolderPath.real("/etc/resolv.conf").flatMap { file in
            hidden.contains { FolderPath.isInside(file, $0) } ? file : nil
        }
        self.init(program: program, hidden: hidden, resolver: resolver, folder: place)
    }

    /// What has to be covered so that nobody sees the data folder. Where its user cannot come to it, bubblewrap could
    /// not cover it either: then that is the first folder which stops them.
    private static func cover(for data: String, from user: UnixUser, but folder: String?) -> String {
        var place = ""
        for name in data.split(separator: "/").dropLast() {
            place += "/\(name)"
            if user.mayEnter(place) { continue }
            if let folder, FolderPath.isInside(folder, place) { continue }
            return place
        }
        return data
    }

    /// - Parameter variables: for the command alone. Bubblewrap itself must not have what whoever asks brings: a
    ///   variable of the loader would run their code in it, before there is a sandbox.
    func arguments(
        for command: String, _ arguments: [String], adding variables: [String: String], hasNetwork: Bool
    ) -> [String] {
        var words = ["--ro-bind", "/", "/"] + mounts(hasNetwork: hasNetwork)
        if let folder { words += ["--chdir", folder] }
        words += [
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--die-with-parent", "--cap-drop", "ALL",
        ]
        if !hasNetwork { words.append("--unshare-net") }
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { words += ["--setenv", name, value] }
        return words + ["--", command] + arguments
    }

    /// What lies over the system. What lies in another comes later, or the other would lie over it; of two at one place
    /// the folder that it may write in.
    private func mounts(hasNetwork: Bool) -> [String] {
        var mounts = [("/dev", ["--dev", "/dev"]), ("/proc", ["--proc", "/proc"])]
        mounts += Self.machinePlaces.map { ($0, ["--ro-bind-try", $0, $0]) }
        mounts += hidden.map { ($0, ["--tmpfs", $0]) }
        if hasNetwork, let resolver { mounts.append((resolver, ["--ro-bind", resolver, resolver])) }
        if let folder { mounts.append((folder, ["--bind", folder, folder])) }
        // A path is less than all that lie in it.
        return mounts.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
            .flatMap(\.element.1)
    }
}
