import Glibc
import Loop
import Testing

@Suite struct ChildProcessTests {
    @Test func whatIsWrittenToACatComesBack() async throws {
        let (said, exit) = try await onLoop { loop in
            let child = try await ChildProcess.shell("cat; echo problem >&2", on: loop)
            let input = child.takeInput()!
            _ = unsafe write(input.raw, "hello\n", 6)
            input.close()
            let output = try await Drain.all(child.takeOutput()!, on: loop)
            let problem = try await Drain.all(child.takeError()!, on: loop)
            let end = await child.wait(until: loop.now + .seconds(20), on: loop)
            return (output + problem, end?.exit)
        }
        #expect(said == "hello\nproblem\n")
        #expect(exit == .exited(status: 0))
    }

    @Test(arguments: [0, 1, 42, 255])
    func theExitStatusArrives(_ status: CInt) async throws {
        let end = try await onLoop { loop in try await ChildProcess.run("exit \(status)", on: loop).end }
        #expect(end?.exit == .exited(status: status))
        #expect((end?.usage.peakBytes ?? 0) > 0)
    }

    @Test(arguments: [SIGTERM, SIGKILL, SIGINT])
    func theSignalThatEndedItArrives(_ signal: CInt) async throws {
        let end = try await onLoop { loop in
            let child = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
            child.signal(signal)
            return await child.wait(until: loop.now + .seconds(20), on: loop)
        }
        #expect(end?.exit == .signalled(signal, coreDumped: false))
    }

    @Test func aWaitEndsAtItsDeadlineWhileTheChildLives() async throws {
        let (early, late) = try await onLoop { loop in
            let child = try await ChildProcess.shell("exec sleep 1000", .null, on: loop)
            let early = await child.wait(until: loop.now + .milliseconds(5), on: loop)
            child.signal(SIGKILL)
            return (early, await child.wait(until: loop.now + .seconds(20), on: loop))
        }
        #expect(early == nil)
        #expect(late != nil)
    }

    @Test func anObserverIsToldOnce() async throws {
        let ends = try await onLoop { loop in
            let child = try await ChildProcess.shell("exit 3", .null, on: loop)
            let observer = Observer()
            child.observer = observer
            _ = await observer.told.wait(until: loop.now + .seconds(20), on: loop)
            _ = await child.stop(on: loop)
            return observer.ends
        }
        #expect(ends == [.exited(status: 3)])
    }

    @Test(arguments: [
        ("exec", ENOENT, ProcessSpec("no-such-program-anywhere")),
        ("exec", EACCES, ProcessSpec("/etc/passwd")),
        ("chdir", ENOENT, ProcessSpec("/bin/true", directory: "/no/such/directory")),
        ("chdir", ENOTDIR, ProcessSpec("/bin/true", directory: "/etc/passwd")),
        ("spawn", EINVAL, ProcessSpec("/bin/true", ["a\0b"])),
        ("spawn", EINVAL, ProcessSpec("/bin/true", environment: ["A=B": "c"])),
        (
            "dup", EBADF,
            ProcessSpec(
                "/bin/true",
                streams: .separate(input: .descriptor(.init(owning: 9999)), output: .null, error: .null))
        ),
    ])
    func aFailureNamesItsStep(_ step: String, _ code: CInt, _ spec: ProcessSpec) async throws {
        await #expect(throws: SystemError(step, code: code)) {
            try await onLoop { loop in
                _ = try await ChildProcess.spawn(spec, until: loop.now + .seconds(20), on: loop)
            }
        }
    }

    @Test func onlyWhatTheSpecSaysReachesTheChild() async throws {
        let (said, _) = try await onLoop { loop in
            try await ChildProcess.run(
                "pwd; umask; ulimit -n; echo $SECRET$GIVEN; ls /proc/self/fd; grep -E 'SigBlk|SigIgn' /proc/self/status",
                on: loop
            ) { spec in
                spec.directory = "/usr"
                spec.fileMask = 0o027
                spec.limits = [.init(.openFiles, 77)]
                spec.environment["GIVEN"] = "given"
            }
        }
        // `ls` itself holds 3 for the directory that it lists.
        #expect(
            said.split(separator: "\n").map(String.init) == [
                "/usr", "0027", "77", "given", "0", "1", "2", "3",
                "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000",
            ])
    }

    @Test func aChildLeadsItsOwnSessionAndMayNotGainPrivileges() async throws {
        let (said, leader) = try await onLoop { loop in
            let child = try await ChildProcess.shell(
                "cut -d' ' -f5,6 /proc/$$/stat; grep NoNewPrivs /proc/self/status",
                .separate(input: .null, output: .pipe, error: .null), on: loop)
            let said = try await Drain.all(child.takeOutput()!, on: loop)
            return (said, child.pid)
        }
        #expect(said == "\(leader) \(leader)\nNoNewPrivs:\t1\n")
    }

    @Test(.enabled(if: getuid() == 0)) func aChildRunsAsTheUserItIsGiven() async throws {
        let (said, _) = try await onLoop { loop in
            try await ChildProcess.run("id -u; id -g; id -G", on: loop) {
                $0.user = .init(user: 65534, group: 65533, groups: [65532])
            }
        }
        #expect(said == "65534\n65533\n65533 65532\n")
    }

    @Test func aTerminalIsATerminalAndTellsItsSize() async throws {
        let (said, resized) = try await onLoop { loop in
            let child = try await ChildProcess.shell(
                "trap 'stty size; exit' WINCH; tty; stty size; echo waiting; while :; do read line; done",
                .terminal(columns: 91, rows: 37), on: loop)
            let terminal = try Drain(child.takeTerminal()!, on: loop)
            _ = await terminal.read(on: loop) { $0.contains("waiting") }
            try terminal.resize(columns: 132, rows: 50)
            let resized = await terminal.read(on: loop) { $0.contains("50 132") }
            let said = terminal.text
            _ = await child.stop(on: loop)
            terminal.close(on: loop)
            return (said, resized)
        }
        #expect(said.hasPrefix("/dev/pts/"))
        #expect(said.contains("37 91"))
        #expect(resized)
    }

    @Test func controlCOnATerminalInterruptsItsProgram() async throws {
        let end = try await onLoop { loop in
            let child = try await ChildProcess.shell(
                "echo ready; exec sleep 1000", .terminal(columns: 80, rows: 24), on: loop)
            let terminal = try Drain(child.takeTerminal()!, on: loop)
            _ = await terminal.read(on: loop) { $0.contains("ready") }
            terminal.write("\u{3}")
            let end = await child.wait(until: loop.now + .seconds(20), on: loop)
            terminal.close(on: loop)
            return end
        }
        #expect(end?.exit == .signalled(SIGINT, coreDumped: false))
    }
}

private final class Observer: ChildObserver {
    var ends: [ProcessExit] = []
    let told = Waiter()
    func ended(_ child: ChildProcess, _ end: ProcessEnd, on loop: isolated EventLoop) {
        ends.append(end.exit)
        told.signal(on: loop)
    }
}
