import Glibc
import Loop
import Sessions
import Terminals
import TestKit
import Testing

/// However it ends, all of it ends.
@Suite(.serialized) struct TerminalEndTests {
    private static let daemons = StubbornDaemons(5).program

    @Test func endingItEndsWhateverCameFromIt() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/usr/bin/python3", ["-c", Self.daemons])
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            #expect(try await ground.terminals.end(info.record.id, with: Ending(.cancelled, "Ended by ada")))
            let heard = try await reader.rest()
            #expect(heard.ending == Ending(.cancelled, "Ended by ada"))
            let exit = try await ground.terminals.info(info.record.id).exit
            #expect(exit?.signal == SIGKILL && exit?.killed == 6 && exit?.remaining == 0)
        }
    }

    @Test func daemonsThatHoldTheTerminalDoNotHoldItsEnd() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin(
                "/usr/bin/python3", ["-c", StubbornDaemons(5, exitStatus: 7).program])
            let heard = try await ground.listen(to: info.record.id)
            #expect(heard.ending == Ending(.completed, "Terminal exited"))
            let exit = try await ground.terminals.info(info.record.id).exit
            #expect(exit?.code == 7 && exit?.killed == 5 && exit?.remaining == 0)
        }
    }

    @Test func aStoppedProgramIsEnded() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/bin/sh", ["-c", "echo ready; kill -STOP $$; echo never"])
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            _ = try await ground.terminals.end(info.record.id, with: Ending(.cancelled))
            #expect(try await reader.rest().text == "ready\r\n")
        }
    }

    @Test func aHolderThatIsKilledTakesItsTreeAlong() async throws {
        try await TerminalGround.run { ground in
            let info = try await ground.begin("/usr/bin/python3", ["-c", Self.daemons])
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            let holder = try #require(parent(of: info.pid))
            #expect(kill(holder, SIGKILL) == 0)
            #expect(try await reader.rest().ending?.reason == .failed)
            let exit = try await ground.terminals.info(info.record.id).exit
            // The program itself the kernel kills, sooner or later than its daemons are.
            #expect((5...6).contains(exit?.killed ?? 0) && exit?.remaining == 0)
            #expect(kill(info.pid, 0) != 0)
        }
    }

    @Test func whatCannotBeStartedSaysWhy() async throws {
        try await TerminalGround.run { ground in
            await #expect(throws: TerminalError.launch(SystemError("exec", code: ENOENT))) {
                try await ground.begin("/nowhere/at/all")
            }
            #expect(await ground.terminals.list().isEmpty)
        }
    }

    @Test func asManyAsThereMayBe() async throws {
        try await TerminalGround.run(nil, { ($0.perPerson, $0.all) = (1, 2) }) { ground in
            _ = try await ground.begin("/bin/cat")
            await #expect(throws: TerminalError.tooMany(limit: 1, whose: .person)) {
                try await ground.begin("/bin/cat")
            }
            let other = try await ground.begin("/bin/cat") { $0.owner = "bob" }
            await #expect(throws: TerminalError.tooMany(limit: 2, whose: .all)) {
                try await ground.begin("/bin/cat") { $0.owner = "eve" }
            }
            _ = try await ground.terminals.end(other.record.id, with: Ending(.cancelled))
            _ = try await ground.listen(to: other.record.id)
            try await eventually("there is room again") {
                (try? await ground.begin("/bin/cat") { $0.owner = "eve" }) != nil
            }
        }
    }

    @Test func aTerminalToWhichNobodyComesEnds() async throws {
        try await TerminalGround.run(nil, { $0.neverAttached = .milliseconds(50) }) { ground in
            let info = try await ground.begin("/bin/cat") { $0.keeps = false }
            let terminal = try ground.terminals.terminal(info.record.id)
            try await eventually("it is over") { await terminal.run { $0.info(on: $1) }.state == .ended }
            #expect(
                try await ground.listen(to: info.record.id).ending == Ending(.idle, "Nobody attached in time")
            )
        }
    }

    @Test func nothingIsLeftOfTwentyTerminals() async throws {
        try await TerminalGround.run { ground in
            _ = try await ground.listen(to: ground.begin("/bin/echo").record.id)
            var before = await LeakCheck.process(ground.loops)
            try await eventually("the first holder is gone") {
                before = await LeakCheck.process(ground.loops)
                return before.children == 0
            }
            for index in 0..<20 {
                let info = try await ground.begin(index % 2 == 0 ? "/bin/cat" : "/bin/echo")
                if index % 2 == 0 {
                    _ = try await ground.terminals.end(info.record.id, with: Ending(.cancelled))
                }
                _ = try await ground.listen(to: info.record.id)
            }
            try await LeakCheck.settled(to: before) { await LeakCheck.process(ground.loops) }
        }
    }

    private func parent(of pid: pid_t) -> pid_t? {
        guard let file = unsafe fopen("/proc/\(pid)/stat", "re") else { return nil }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        return text.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { pid_t($0) }
    }
}
