import CLinux
import Glibc
import Loop
import Sessions
import TestKit
import Testing

@testable import Terminals

/// What a server finds of the terminals that the one before left to their holders.
@Suite(.serialized) struct TerminalRestartTests {
    private let folder: TemporaryFolder
    private let clock = ManualClock()

    init() throws { folder = try TemporaryFolder() }

    /// One life of a server, after which its terminals go on.
    private func life(
        _ change: (inout TerminalSetting) -> Void = { _ in },
        _ body: (TerminalGround) async throws -> Void
    ) async throws {
        try await TerminalGround.run(
            folder, clock: clock,
            {
                $0.outlive = .seconds(30)
                change(&$0)
            }, body)
    }

    @Test func allThatWasKeptIsThereBeforeAnybodyComes() async throws {
        let count: UInt64 = 4_000_000
        var id: TerminalID?
        try await life({ $0.windowBytes = 8 << 20 }) { ground in
            let script = "head -c \(count) /dev/zero | tr '\\0' x; exec sleep 1000"
            id = try await ground.begin("/bin/sh", ["-c", script]).record.id
            try await eventually("all is said") { try await ground.terminals.info(id!).offset == count }
        }
        try await life({ $0.windowBytes = 8 << 20 }) { ground in
            let arrival = try await ground.join(.viewer, ground.terminals.terminal(id!), after: count)
            #expect(arrival.place.loss == .none && arrival.offset == count && arrival.keptFrom == 0)
        }
    }

    @Test func whoWasThereHasAsLongToComeBackAsAlways() async throws {
        var id: TerminalID?
        try await life { ground in
            let info = try await ground.begin("/bin/cat") { $0.keeps = false }
            id = info.record.id
            try await ground.join(.viewer, ground.terminals.terminal(info.record.id))
        }
        try await life { ground in
            #expect(ground.found == [.adopted: 1])
            #expect(try await ground.terminals.info(id!).expiresBecause == .detached)
            await ground.advance(clock, by: .milliseconds(299_999))
            #expect(try await ground.terminals.info(id!).state == .running)
            await ground.advance(clock, by: .milliseconds(1))
            let ending = try await ground.end(of: id!).ending
            #expect(ending == Ending(.idle, "Nobody was attached for too long"))
        }
    }

    @Test(arguments: [(1, 3600), (3, 60)]) func theLifeGoesOnOverRestarts(hours: Int, left: Int)
        async throws
    {
        var id: TerminalID?
        try await life { ground in
            let createdAt = Timestamp(milliseconds: Timestamp.now.milliseconds - Int64(hours) * 3_600_000)
            id = try await ground.begin("/bin/cat") { $0.createdAt = createdAt }.record.id
        }
        try await life({ $0.life = .seconds(7200) }) { ground in
            let info = try await ground.terminals.info(id!)
            let milliseconds = try #require(info.expiresAt).milliseconds - Timestamp.now.milliseconds
            #expect(info.expiresBecause == .maxLife && abs(milliseconds - Int64(left) * 1000) < 20_000)
            // Who comes has the notice at least.
            await ground.advance(clock, by: .seconds(left - 25))
            #expect(try await ground.terminals.info(id!).state == .running)
            await ground.advance(clock, by: .seconds(25))
            #expect(try await ground.end(of: id!).ending?.reason == .deadline)
        }
    }

    @Test func whereTheyDoNotOutliveTheirServerAnyMoreTheyAreEnded() async throws {
        var made: TerminalInfo?
        try await life { made = try await $0.begin("/bin/cat") }
        try await life({ $0.outlive = nil }) { ground in
            #expect(ground.found == [.ended: 1])
            let end = try await ground.end(of: made!.record.id)
            #expect(end.ending == Ending(.serverShutdown, "Terminals end with their server"))
            #expect(end.exit?.signal == SIGHUP && kill(made!.pid, 0) != 0)
        }
        try await eventually("its holder is gone") { socketName(of: made!.record.id) == nil }
    }

    @Test func howLongProgramsHaveToEndTheServerSaysThatCameLast() async throws {
        var id: TerminalID?
        try await life { ground in
            id = try await ground.begin("/usr/bin/python3", ["-c", SavingDaemon().program]).record.id
            try await ground.listener(id!).hears("ready")
        }
        try await life({ $0.afterTerminate = .seconds(60) }) { ground in
            let terminal = try ground.terminals.terminal(id!)
            let seat = TerminalSeat(isWriter: true, roomAgain: {}, mustLeave: {})
            try await ground.join(seat, terminal)
            let reader = try await ground.listener(id!)
            _ = await terminal.run { try? $0.type(Array("\n".utf8), from: seat, on: $1) }
            await terminal.run { $0.leave(seat, on: $1) }
            #expect(try await reader.rest().text.hasSuffix("saved\r\n"))
        }
    }

    @Test func whatIsLeftOfThoseWhoseHolderIsGoneIsEnded() async throws {
        var made: TerminalInfo?
        try await life { ground in
            made = try await ground.begin("/usr/bin/python3", ["-c", StubbornDaemons(3).program])
            try await ground.listener(made!.record.id).hears("ready")
        }
        let holder = try #require(parent(of: made!.pid))
        #expect(kill(holder, SIGKILL) == 0)
        // Its first thread may be over before the last one, with which its socket is closed.
        let name = try #require(socketName(of: made!.record.id))
        try await eventually("it is gone") { isRefused(at: name) }
        try await life { ground in
            #expect(ground.found == [.lost: 1] && ground.troubles.all.isEmpty)
            #expect(isOver(made!.pid))
        }
        try await life { ground in #expect(ground.found.isEmpty) }
    }

    /// Its programs are killed by nobody who only does not understand what is said of them.
    @Test func whatCannotBeTakenOverStaysWithItsHolder() async throws {
        var made: TerminalInfo?
        try await life { made = try await $0.begin("/bin/cat") }
        let note = try await note(of: made!.record.id, becomes: #"{"id":"x","takeover":"by lot"}"#)
        try await life { ground in
            #expect(ground.found == [.left: 1])
            #expect(ground.troubles.all.count == 1, "\(ground.troubles.all)")
            #expect(ground.troubles.all.first?.contains("what was noted of it is not understood") == true)
            #expect(await ground.terminals.list().isEmpty && kill(made!.pid, 0) == 0)
        }
        _ = try await self.note(of: made!.record.id, becomes: note)
        try await life({ $0.outlive = nil }) { ground in
            #expect(ground.found == [.ended: 1])
            _ = try await ground.end(of: made!.record.id)
        }
    }

    // MARK: Around it

    /// Does what another server might: notes something else of the terminal. What was noted before.
    private func note(of id: TerminalID, becomes note: String) async throws -> String {
        let name = try #require(socketName(of: id))
        let group = try LoopGroup(count: 1)
        let before = await Self.note(folder.path, name, note, on: group.loops[0])
        await group.stop()
        return try #require(before)
    }

    private static func note(_ folder: String, _ name: String, _ note: String, on loop: isolated EventLoop)
        async -> String?
    {
        guard
            let link = try? await HolderLink.adopt(
                in: folder, named: name, grace: EndingGrace(TerminalSetting(folder: folder)), on: loop)
        else { return nil }
        link.keep(note: note, on: loop)
        link.close(on: loop)
        return link.note
    }

    /// Whether it has ended, also where nobody has asked yet how.
    private func isOver(_ pid: pid_t) -> Bool {
        let words = ProcFile.contents("/proc/\(pid)/stat").map { String(decoding: $0, as: UTF8.self) }
        return words?.contains(") Z ") ?? true
    }

    private func socketName(of id: TerminalID) -> String? {
        folder.sockets.first { $0.hasPrefix("\(id).") }
    }

    /// Whether nobody listens at this socket any more.
    private func isRefused(at name: String) -> Bool {
        let raw = unsafe hf_packet_connect(folder.path, name)
        guard raw >= 0 else { return errno == ECONNREFUSED }
        close(raw)
        return false
    }
}
