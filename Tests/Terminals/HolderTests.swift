import Glibc
import Loop
import Sessions
import Terminals
import TestKit
import Testing

/// Holders that are stopped, killed, stuffed, or never wanted: nothing of them is left, and nothing ends before its time.
@Suite(.serialized) struct HolderTests {
    private static let cancelled = Ending(.cancelled, "Ended by ada")
    /// Something that no signal of the terminal reaches, and that bears no mark, stops the holder again and again.
    private static let stoppingItsHolder = """
        /usr/bin/env -i HOLDER=$PPID /usr/bin/setsid -f /usr/bin/python3 -c '
        import os, signal
        holder = int(os.environ["HOLDER"])
        while True: os.kill(holder, signal.SIGSTOP)
        '
        exec sleep 1000
        """

    @Test func aProgramThatLetGoOfItsTerminalLivesOn() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin(
                "/bin/sh", ["-c", "exec </dev/null >/dev/null 2>&1; sleep 1; echo still here >/dev/tty"])
            let reader = try await ground.listener(info.record.id)
            try await eventually("it has let go") { link("/proc/\(info.pid)/fd/2") == "/dev/null" }
            let terminal = try ground.terminals.terminal(info.record.id)
            for cols in 100..<110 as Range<UInt16> {
                await terminal.run { $0.resize(to: TerminalSize(cols: cols, rows: 30), on: $1) }
            }
            #expect(try await reader.rest().text == "still here\r\n")
            #expect(try await ground.terminals.info(info.record.id).exit?.code == 0)
        }
    }

    @Test func aStoppedHolderIsEndedWithItsTree() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin(
                "/usr/bin/python3", ["-c", StubbornDaemons(3).program])
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            #expect(kill(try #require(parent(of: info.pid)), SIGSTOP) == 0)
            _ = try await ground.terminals.end(info.record.id, with: Self.cancelled)
            #expect(try await reader.rest().ending == Self.cancelled)
            // It went on, and saw how the program ended.
            let exit = try await ground.terminals.info(info.record.id).exit
            #expect(exit?.signal == SIGKILL && exit?.killed == 4 && exit?.remaining == 0)
        }
    }

    @Test func aHolderThatItsProgramKeepsStoppedIsEndedByForce() async throws {
        let folder = try TemporaryFolder()
        try await TerminalGround.run(
            folder, { ($0.outlive, $0.holderAnswer) = (.seconds(30), .milliseconds(500)) }
        ) { ground in
            let info = try await ground.begin("/bin/sh", ["-c", Self.stoppingItsHolder])
            let holder = try #require(parent(of: info.pid))
            try await eventually("it is stopped") { state(of: holder) == "T" }
            _ = try await ground.terminals.end(info.record.id, with: Self.cancelled)
            #expect(try await ground.listen(to: info.record.id).ending == Self.cancelled)
            #expect(try await ground.terminals.info(info.record.id).exit?.remaining == 0)
            #expect(folder.sockets.isEmpty)
            try await eventually("all of it is reaped") { kill(holder, 0) != 0 && kill(info.pid, 0) != 0 }
        }
    }

    @Test func aHolderThatIsKeptStoppedOverARestartIsListedOrEnded() async throws {
        let folder = try TemporaryFolder()
        var info: TerminalInfo?
        for life in 0..<2 {
            try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
                if life == 0 {
                    info = try await ground.begin("/bin/sh", ["-c", Self.stoppingItsHolder])
                    let holder = try #require(parent(of: info!.pid))
                    try await eventually("it is stopped") { state(of: holder) == "T" }
                } else {
                    // It may answer between two of its stops.
                    for found in await ground.terminals.list() {
                        _ = try await ground.terminals.end(found.record.id, with: Self.cancelled)
                        _ = try await ground.listen(to: found.record.id)
                    }
                    try await eventually("all of it is gone") {
                        folder.sockets.isEmpty && kill(info!.pid, 0) != 0
                    }
                }
            }
        }
    }

    @Test func aStoppedHolderIsFoundAgain() async throws {
        let folder = try TemporaryFolder()
        var info: TerminalInfo?
        for life in 0..<2 {
            try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
                if life == 0 {
                    info = try await ground.begin("/bin/sh", ["-c", "echo ready; exec sleep 1000"])
                    try await ground.listener(info!.record.id).hears("ready")
                    #expect(kill(try #require(parent(of: info!.pid)), SIGSTOP) == 0)
                } else {
                    let reader = try await ground.listener(info!.record.id)
                    _ = try await ground.terminals.end(info!.record.id, with: Self.cancelled)
                    #expect(try await reader.rest().text == "ready\r\n")
                }
            }
        }
        try await eventually("the holder is gone") { folder.sockets.isEmpty }
    }

    @Test func theEndIsHeardBehindManyNotes() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "echo ready; exec sleep 1000"])
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            #expect(kill(try #require(parent(of: info.pid)), SIGSTOP) == 0)
            let terminal = try ground.terminals.terminal(info.record.id)
            await terminal.run { terminal, loop in
                for turn in 0..<5000 {
                    terminal.resize(to: TerminalSize(cols: turn % 2 == 0 ? 90 : 91, rows: 30), on: loop)
                }
            }
            _ = try await ground.terminals.end(info.record.id, with: Self.cancelled)
            _ = try await reader.rest()
            #expect(try await ground.terminals.info(info.record.id).exit?.signal == SIGHUP)
        }
    }

    @Test func whoShedsEverythingAndLeavesIsEnded() async throws {
        let folder = try TemporaryFolder()
        try await TerminalGround.run { ground in
            let place = folder.file("pid")
            let daemon = "echo $$ > \(place).new; mv \(place).new \(place); exec sleep 1000"
            let info = try await ground.begin(
                "/bin/sh",
                ["-c", "/usr/bin/env -i /usr/bin/setsid -f /bin/sh -c '\(daemon)'; exec sleep 1000"])
            var pid: pid_t?
            try await eventually("it is there") {
                pid = ProcFile.contents(place).flatMap {
                    pid_t(String(decoding: $0.dropLast(), as: UTF8.self))
                }
                return pid != nil
            }
            #expect(kill(try #require(pid), 0) == 0)
            _ = try await ground.terminals.end(info.record.id, with: Self.cancelled)
            _ = try await ground.listen(to: info.record.id)
            #expect(kill(try #require(pid), 0) != 0)
        }
    }

    @Test func nothingIsLeftOfTerminalsThatWereNeverMade() async throws {
        let folder = try TemporaryFolder()
        try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
            // What the first of them makes and keeps is made.
            await #expect(throws: TerminalError.self) { try await ground.begin("/nowhere/at/all") }
            let before = await LeakCheck.process(ground.loops)
            for turn in 0..<20 {
                let making = Task { try await ground.begin(turn % 2 == 0 ? "/bin/cat" : "/nowhere/at/all") }
                if turn % 4 > 1 { await Task.yield() }
                making.cancel()
                guard case .success(let info) = await making.result else { continue }
                // It was faster than whoever took it back.
                _ = try await ground.terminals.end(info.record.id, with: Self.cancelled)
                _ = try await ground.listen(to: info.record.id)
            }
            // The threads for births stay.
            try await eventually("all is as before") {
                let now = await LeakCheck.process(ground.loops)
                return now.descriptors == before.descriptors && now.children == before.children
                    && now.loops == before.loops && folder.sockets.isEmpty
            }
        }
    }

    @Test func nothingIsLeftOfAHolderThatWasKilled() async throws {
        let folder = try TemporaryFolder()
        try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
            let info = try await ground.begin("/bin/cat")
            #expect(folder.sockets.count == 1)
            #expect(kill(try #require(parent(of: info.pid)), SIGKILL) == 0)
            _ = try await ground.listen(to: info.record.id)
            #expect(folder.sockets.isEmpty)
        }
    }

    /// As when the machine shuts down.
    @Test(arguments: [false, true]) func aHolderThatIsToldToEndWaitsForNoServer(whenItsProgramIsOver: Bool)
        async throws
    {
        let folder = try TemporaryFolder()
        var (pid, holder) = (pid_t(0), pid_t(0))
        try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
            pid = try await ground.begin("/bin/cat").pid
            holder = try #require(parent(of: pid))
        }
        if whenItsProgramIsOver {
            #expect(kill(pid, SIGKILL) == 0)
            try await eventually("its program is over") { kill(pid, 0) != 0 }
        }
        #expect(kill(holder, SIGTERM) == 0)
        try await eventually("it is gone") { isOver(holder) && kill(pid, 0) != 0 && folder.sockets.isEmpty }
    }

    /// As when a service manager ends both.
    @Test func aHolderThatIsToldToEndDoesNotWaitForTheNextServer() async throws {
        let folder = try TemporaryFolder()
        var (pid, holder) = (pid_t(0), pid_t(0))
        try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
            let info = try await ground.begin("/usr/bin/python3", ["-c", StubbornDaemons(3).program])
            pid = info.pid
            holder = try #require(parent(of: pid))
            try await ground.listener(info.record.id).hears("ready")
            #expect(kill(holder, SIGTERM) == 0)
        }
        try await eventually("it is gone") { isOver(holder) && kill(pid, 0) != 0 && folder.sockets.isEmpty }
    }

    @Test func aHolderThatIsToldToEndTellsItsServer() async throws {
        let folder = try TemporaryFolder()
        try await TerminalGround.run(folder, { $0.outlive = .seconds(30) }) { ground in
            let info = try await ground.begin("/bin/cat")
            #expect(kill(try #require(parent(of: info.pid)), SIGTERM) == 0)
            #expect(try await ground.listen(to: info.record.id).ending?.reason == .completed)
            #expect(try await ground.terminals.info(info.record.id).exit?.signal == SIGHUP)
        }
        try await eventually("it is gone") { folder.sockets.isEmpty }
    }

    @Test func whatIsTooLongForAnOrderIsRefusedBeforeAnythingIsStarted() async throws {
        try await TerminalGround.run { ground in
            let long = [String](repeating: String(repeating: "\u{1}", count: 100), count: 100)
            await #expect(throws: TerminalError.tooLong(most: 128 << 10)) {
                try await ground.begin("/bin/echo", long)
            }
            let info = try await ground.begin(
                "/bin/sh", ["-c", "echo ${#1}", "sh", String(repeating: "x", count: 50_000)])
            #expect(try await ground.listen(to: info.record.id).text == "50000\r\n")
        }
    }

    @Test func aSignalSaysWhomItDidNotReach() async throws {
        try await TerminalGround.run { ground in
            let emptied = """
                import os, signal, sys, time
                signal.signal(signal.SIGTTOU, signal.SIG_IGN)
                child = os.fork()
                if child == 0: time.sleep(1000)
                os.setpgid(child, child)
                os.tcsetpgrp(0, child)
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                print("ready", flush=True)
                time.sleep(1000)
                """
            let info = try await ground.begin("/usr/bin/python3", ["-c", emptied])
            try await ground.listener(info.record.id).hears("ready")
            let terminal = try ground.terminals.terminal(info.record.id)
            func send(_ name: String) async -> TerminalError? {
                await terminal.run { terminal, loop in
                    do throws(TerminalError) {
                        try terminal.signal(name, on: loop)
                        return nil
                    } catch { return error }
                }
            }
            #expect(await send("INT") == .nobodyToSignal)
            #expect(await send("SEGV") == .badSignal("SEGV"))
        }
    }

    @Test(arguments: [(SIGSEGV, "SIGSEGV"), (SIGPIPE, "SIGPIPE"), (SIGABRT, "SIGABRT"), (40, "SIG40")])
    func aSignalThatEndedAProgramIsNamed(_ number: CInt, _ name: String) async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "ulimit -c 0; kill -\(number) $$"])
            let remarks = try await ground.listen(to: info.record.id).remarks
            #expect(remarks.last?.contains("\"signal\":\"\(name)\"") == true, "\(remarks)")
            #expect(SignalName.number(name) == number)
        }
    }

    /// Whether it has ended, also where nobody has asked yet how.
    private func isOver(_ pid: pid_t) -> Bool { state(of: pid).map { $0 == "Z" } ?? true }

    private func state(of pid: pid_t) -> String? { fields(of: pid).first }

    /// What `/proc/PID/stat` says behind the name.
    private func fields(of pid: pid_t) -> [String] {
        let line = String(decoding: ProcFile.contents("/proc/\(pid)/stat") ?? [], as: UTF8.self)
        return (line.split(separator: ")").last ?? "").split(separator: " ").map(String.init)
    }

    private func link(_ path: String) -> String? {
        var name = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink(path, &name, name.count)
        return count > 0
            ? String(decoding: name.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }
}
