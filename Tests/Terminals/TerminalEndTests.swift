import Glibc
import Loop
import Sessions
import TestKit
import Testing

@testable import Terminals

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
            let heard = try await reader.rest()
            #expect(heard.ending?.reason == .failed)
            let exit = try await ground.terminals.info(info.record.id).exit
            // Nobody saw how it ended, and nobody says so.
            #expect(exit?.code == nil && exit?.signal == nil)
            let remark = heard.remarks.last ?? ""
            #expect(
                remark.contains(#""type":"exit""#) && !remark.contains("code") && !remark.contains("signal"),
                "\(remark)")
            // The program itself the kernel kills, sooner or later than its daemons are.
            #expect((5...6).contains(exit?.killed ?? 0) && exit?.remaining == 0)
            try await eventually("the program is gone") { kill(info.pid, 0) != 0 }
        }
    }

    @Test func whatAProgramLeavesBehindHasItsTimeToEnd() async throws {
        try await TerminalGround.run(nil, { $0.afterTerminate = .seconds(60) }) { ground in
            let info = try await ground.begin("/usr/bin/python3", ["-c", SavingDaemon().program])
            let id = info.record.id
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            let terminal = try ground.terminals.terminal(id)
            try await ground.join(seat, terminal)
            let reader = try await ground.listener(id)
            try await reader.hears("ready")
            _ = await terminal.run { try? $0.type(Array("\n".utf8), from: seat, on: $1) }
            await terminal.run { $0.leave(seat, on: $1) }
            #expect(try await reader.rest().text.hasSuffix("saved\r\n"))
            let exit = try await ground.terminals.info(id).exit
            #expect(exit?.code == 0 && exit?.killed == 0)
        }
    }

    /// Says so many bytes when somebody has typed a line.
    private static func saying(_ count: Int, before: Int = 0) -> [String] {
        [
            "-c",
            "stty raw -echo; head -c \(before) /dev/zero; printf ready; read line; head -c \(count) /dev/zero; "
                + "test \(before) -gt 0 || exec sleep 1000",
        ]
    }

    @Test func whatAHolderStillHadIsSaidWhenItIsKilled() async throws {
        let change: (inout TerminalSetting) -> Void = { ($0.highWater, $0.lowWater) = (32 << 10, 8 << 10) }
        // Time does not pass, so nobody looks again for who is behind.
        try await TerminalGround.run(clock: ManualClock(), change) { ground in
            // More than the mark, and less than that twice: all of it comes to the window, and not to the log.
            let count = 60_000
            let info = try await ground.begin("/bin/sh", Self.saying(count))
            let terminal = try ground.terminals.terminal(info.record.id)
            let reader = try await ground.listener(info.record.id)
            try await reader.hears("ready")
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            try await ground.join(seat, terminal)
            _ = await terminal.run { try? $0.type(Array("\n".utf8), from: seat, on: $1) }
            let whole = UInt64(count + "ready".utf8.count)
            try await eventually("the holder has all of it") {
                await terminal.run { terminal, _ in terminal.link?.window.head } == whole
            }
            #expect(try await ground.terminals.info(info.record.id).offset < whole)
            #expect(kill(try #require(parent(of: info.pid)), SIGKILL) == 0)
            #expect(try await reader.rest().bytes.count == Int(whole))
        }
    }

    @Test func whoTakesNothingHoldsUpAnEndForItsTimeAndNothingIsLostForOthers() async throws {
        let clock = ManualClock()
        try await TerminalGround.run(clock: clock) { ground in
            let (before, count) = (900_000, 1000)
            let info = try await ground.begin("/bin/sh", Self.saying(count, before: before))
            let id = info.record.id
            let terminal = try ground.terminals.terminal(id)
            let whole = UInt64(before + "ready".utf8.count)
            try await eventually("it is ready") { try await ground.terminals.info(id).offset == whole }
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            try await ground.join(seat, terminal, after: 0)
            let reader = try await ground.listener(id)
            _ = await terminal.run { try? $0.type(Array("\n".utf8), from: seat, on: $1) }
            try await eventually("its program is over") { try await ground.terminals.info(id).exit != nil }
            let ending = try await ground.terminals.info(id)
            #expect(ending.state == .ending && ending.offset == whole)
            await ground.advance(clock, by: .seconds(60))
            #expect(try await ground.end(of: id).ending == Ending(.completed, "Terminal exited"))
            #expect(try await reader.rest().bytes.count == Int(whole) + count)
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
}
