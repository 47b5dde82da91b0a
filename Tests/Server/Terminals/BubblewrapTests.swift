import Glibc
import TestKit
import Testing
import Wire

@testable import Server

@Suite struct BubblewrapTests {
    private let stranger = UnixUser(
        name: "stranger", user: 54_321, group: 54_321, groups: [54_321], home: "/", shell: "/bin/sh")

    /// What is mounted later lies over what came before, so what lies in another must come later.
    @Test(arguments: [
        ("/home/box", ["--bind /home/box /home/box", "--tmpfs /srv/data"]),
        ("/srv", ["--bind /srv /srv", "--tmpfs /srv/data"]),
        (
            "/",
            [
                "--ro-bind / /", "--bind / /", "--dev /dev", "--proc /proc", "--tmpfs /run",
                "--tmpfs /srv/data",
            ]
        ),
        ("/run/box", ["--tmpfs /run", "--bind /run/box /run/box"]),
        ("/run", ["--tmpfs /run", "--bind /run /run"]),
    ])
    func whatLiesInAnotherIsMountedLater(_ folder: String, _ order: [String]) {
        let sandbox = Bubblewrap(program: "/usr/bin/bwrap", hidden: ["/run", "/srv/data"], folder: folder)
        let line = sandbox.arguments(for: "/bin/cat", ["-"], adding: [:], hasNetwork: false)
            .joined(separator: " ")
        var rest = Substring(line)
        for words in order + ["--chdir \(folder)", "--cap-drop ALL", "--unshare-net", "-- /bin/cat -"] {
            guard let place = rest.firstRange(of: words) else {
                Issue.record("\(words) is not in its place in \(line)")
                return
            }
            rest = rest[place.upperBound...]
        }
    }

    @Test func withANetworkTheNamesOfMachinesAreThereToo() {
        let sandbox = Bubblewrap(
            program: "/usr/bin/bwrap", hidden: ["/run"], resolver: "/run/names.conf", folder: nil)
        let words = sandbox.arguments(for: "x", [], adding: ["B": "2", "A": "1"], hasNetwork: true)
        let line = words.joined(separator: " ")
        #expect(line.contains("--tmpfs /run --ro-bind /run/names.conf /run/names.conf"))
        #expect(!line.contains("--unshare-net") && line.hasSuffix("--setenv A 1 --setenv B 2 -- x"))
        #expect(
            !sandbox.arguments(for: "x", [], adding: [:], hasNetwork: false).contains(
                "/run/names.conf"))
    }

    /// Where its user cannot come to the data folder, bubblewrap cannot either.
    @Test func whatItsUserMayNotEnterIsCoveredWhole() throws {
        let folder = try TemporaryFolder()
        let (data, box) = (folder.file("data"), folder.file("box"))
        for path in [data, box] { #expect(unsafe mkdir(path, 0o755) == 0) }
        let there = ["/bin/sh"]
        let closed = try Bubblewrap(hiding: data, writingIn: nil, as: stranger, foundIn: there)
        #expect(closed.hidden.last == folder.path && closed.folder == nil)
        #expect(unsafe chmod(folder.path, 0o755) == 0)
        let open = try Bubblewrap(hiding: data, writingIn: box, as: stranger, foundIn: there)
        #expect(open.hidden.last == data && open.folder == box && open.hidden.contains("/tmp"))
        #expect(unsafe chmod(folder.path, 0o700) == 0)
        // It would lie over what it may write in.
        let inside = try Bubblewrap(hiding: data, writingIn: box, as: stranger, foundIn: there)
        #expect(inside.hidden.last == data)
    }

    @Test func whatCannotBeIsNamed() throws {
        let folder = try TemporaryFolder()
        let (data, link) = (folder.file("data"), folder.file("link"))
        #expect(unsafe mkdir(data, 0o755) == 0 && symlink(data, link) == 0)
        func complaint(_ cwd: String?, _ places: [String] = ["/bin/sh"]) -> String {
            do throws(HTTPError) {
                _ = try Bubblewrap(hiding: data, writingIn: cwd, as: stranger, foundIn: places)
                return ""
            } catch {
                return "\(error)"
            }
        }
        #expect(complaint(nil, []).contains("bubblewrap"))
        #expect(complaint(folder.file("none")).contains("no folder"))
        #expect(
            complaint(data).contains("in the data folder") && complaint(link).contains("in the data folder"))
    }
}
