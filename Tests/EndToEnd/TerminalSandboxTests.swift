import Glibc
import Loop
import TestKit
import Testing
import Transport
import Wire

/// What bubblewrap keeps from a terminal's program, with bubblewrap itself.
@Suite(.enabled(if: unsafe access("/usr/bin/bwrap", X_OK) == 0, "takes bubblewrap (`make test` installs it)"))
struct TerminalSandboxTests {
    /// As root it keeps what only root may; anybody else takes another way into the namespaces.
    private static let users = getuid() == 0 ? ["root", "nobody"] : [""]

    @Test(arguments: users) func oneSeesTheSystemAndChangesNothingButItsFolder(_ user: String) async throws {
        try await withSandbox(as: user) { ground, loop in
            let folder = ground.server.folder
            let script = """
                echo "user $(id -un)"
                echo "data $(ls -A \(folder.file("data")) | wc -l)"
                (echo x >\(folder.file("data"))/x) 2>/dev/null
                (echo x >x) 2>/dev/null && echo "cwd written"
                for place in /usr/x /etc/x /var/x; do (echo x >$place) 2>/dev/null && echo "$place written"; done
                pattern=/proc/sys/kernel/core_pattern; was=$(cat $pattern)
                (echo "$was" >$pattern) 2>/dev/null && echo "machine written"
                echo "run $(ls -A /run | wc -l)"
                echo "tmp $(ls -A /tmp | grep -v holdfast-test | wc -l)"
                echo "devices $(grep -c : /proc/net/dev)"
                echo "capabilities $(grep -E '^Cap(Inh|Prm|Eff|Amb)' /proc/self/status | grep -cv 0000000000000000)"
                test $$ -lt 10 && echo "processes its own"
                umount /run 2>/dev/null && echo "run uncovered"
                mount -o remount,rw / 2>/dev/null && echo "system uncovered"
                exit 7
                """
            let id = try await ground.make(script, more: #","template":"boxed""#, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            _ = try await visitor.hearTheEnd(on: loop)
            let name = user.isEmpty ? visitor.text.prefix { $0 != "\r\n" }.dropFirst(5) : user[...]
            #expect(
                visitor.text.split(separator: "\r\n") == [
                    "user \(name)", "data 0", "cwd written", "run 0", "tmp 0", "devices 1", "capabilities 0",
                    "processes its own",
                ])
            #expect(visitor.remarks.contains { $0.contains(#""code":7"#) }, "\(visitor)")
            #expect(unsafe access(folder.file("x"), F_OK) == 0)
            #expect(unsafe access(folder.file("data/x"), F_OK) != 0)
        }
    }

    @Test(arguments: users) func aShellInItHasItsKeys(_ user: String) async throws {
        try await withSandbox(as: user) { ground, loop in
            let mark = "61\(getpid())2"
            let id = try await ground.make(wish: #"{"template":"boxed"}"#, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            visitor.type("echo $((6 * 7)).; sleep \(mark)\r", on: loop)
            try await visitor.hear("42.\r\n", on: loop)
            try await eventually("it sleeps") { processCount(with: "sleep\u{0}\(mark)") > 0 }
            visitor.type("\u{3}", on: loop)
            visitor.type("exit 3\r", on: loop)
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.remarks.contains { $0.contains(#""code":3"#) }, "\(visitor)")
        }
    }

    /// The loader says of each program that there is nothing to load: of the shell, and not of bubblewrap before it.
    @Test(arguments: users) func variablesOfWhoAsksReachTheProgramAlone(_ user: String) async throws {
        try await withSandbox(as: user) { ground, loop in
            let more = #","template":"boxed","env":{"LD_PRELOAD":"/is/not.so","GREETING":"hello there"}"#
            let id = try await ground.make("echo $GREETING", more: more, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            _ = try await visitor.hearTheEnd(on: loop)
            #expect(visitor.text.contains("hello there\r\n"))
            #expect(visitor.text.ranges(of: "/is/not.so").count == 1, "\(visitor)")
        }
    }

    @Test(arguments: users) func endingItLeavesNobody(_ user: String) async throws {
        try await withSandbox(as: user) { ground, loop in
            let mark = "61\(getpid())1"
            let script = """
                trap '' HUP TERM INT; (trap '' HUP TERM; setsid sh -c "trap '' HUP TERM; sleep \(mark); sleep \(mark)" &) ;
                printf ready; while :; do sleep \(mark); done
                """
            let id = try await ground.make(script, more: #","template":"boxed""#, on: loop)
            let visitor = try await ground.come(to: id, on: loop)
            try await visitor.hear("ready", on: loop)
            try await eventually("both sleep") { processCount(with: "sleep\u{0}\(mark)") == 2 }
            #expect(try await ground.ask(.delete, "terminals/\(id)", on: loop).status == .accepted)
            #expect(try await visitor.hearTheEnd(on: loop).code == .normal)
            #expect(processCount(with: mark) == 0)
        }
    }
}

/// A server whose data folder lies in what the template `boxed` may write in.
private func withSandbox(
    as user: String, _ body: @Sendable (TerminalServer, isolated EventLoop) async throws -> Void
) async throws {
    try await onLoop { loop in
        let folder = try TemporaryFolder()
        #expect(unsafe chmod(folder.path, 0o777) == 0)
        let file = folder.file("holdfast.yaml")
        let name = user.isEmpty ? "" : ", user: \(user)"
        let template =
            "name: boxed, sandbox: bwrap, any_command: true, allow_root: true, cwd: \(folder.path)\(name)"
        try write(TerminalServer.settings + "  shell: /bin/bash\n  templates: [{\(template)}]\n", to: file)
        let server = try await RunningServer.start(
            in: folder, environment: ["HOLDFAST_CONFIG": file], on: loop)
        do {
            let bearer = try await server.bearer("ci", on: loop)
            try await body(TerminalServer(server: server, bearer: bearer), loop)
        } catch {
            await server.program.stop(on: loop)
            throw error
        }
        await server.program.stop(on: loop)
    }
}
