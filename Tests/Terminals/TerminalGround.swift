import Loop
import Sessions
import Synchronization
import Terminals
import TestKit

/// A directory of terminals with real holders, on loops of its own.
struct TerminalGround {
    let terminals: Terminals
    let sessions: Sessions
    let loops: [EventLoop]
    /// On its one thread recordings are written.
    let offload: Offload
    /// What became of those that were there before.
    let found: [EarlierTerminal: Int]
    /// What did not work, in words.
    let troubles: Troubles

    static func run(
        _ folder: TemporaryFolder? = nil, clock: any LoopClock = SystemClock(),
        _ change: (inout TerminalSetting) -> Void = { _ in },
        _ body: (TerminalGround) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let group = try LoopGroup(count: 2, clock: clock)
        let offload = try Offload(name: "test", threads: 1, capacity: 16)
        let sessions = Sessions(loops: group.loops, audit: NoAudit()) { _ in }
        var setting = TerminalSetting(folder: folder.path)
        setting.program = TestProgram.holdfast
        setting.outlive = nil
        setting.afterHangup = .milliseconds(200)
        setting.afterTerminate = .milliseconds(200)
        change(&setting)
        let troubles = Troubles()
        let terminals = Terminals(setting, sessions: sessions, loops: group.loops, offload: offload) {
            troubles.add($1)
        }
        let ground = TerminalGround(
            terminals: terminals, sessions: sessions, loops: group.loops, offload: offload,
            found: await terminals.adopt(), troubles: troubles)
        do { try await body(ground) } catch {
            await ground.close()
            offload.stop()
            await group.stop()
            throw error
        }
        await ground.close()
        offload.stop()
        await group.stop()
    }

    private func close() async {
        terminals.stopBeginning()
        _ = await sessions.drain(within: .seconds(20))
        await terminals.close()
    }

    final class Troubles: Sendable {
        private let sentences = Mutex<[String]>([])
        var all: [String] { sentences.withLock { $0 } }
        func add(_ sentence: String) { sentences.withLock { $0.append(sentence) } }
    }

    private struct NoAudit: AuditTrail {
        func record(_ entry: AuditEntry) {}
    }

    func begin(
        _ program: String, _ arguments: [String] = [], _ change: (inout TerminalRecord) -> Void = { _ in }
    )
        async throws -> TerminalInfo
    {
        let launch = TerminalLaunch(
            program, arguments, environment: ["PATH": "/usr/bin:/bin", "TERM": "xterm-256color"])
        var record = TerminalRecord(owner: "ada", launch: launch, keeps: true)
        change(&record)
        return try await terminals.begin(record, launch, for: nil)
    }

    /// Turns the clock, and comes back when all that is due by then was done.
    func advance(_ clock: ManualClock, by span: Duration) async {
        clock.advance(by: span)
        for loop in loops { await settle(clock, on: loop) }
    }

    private func settle(_ clock: ManualClock, on loop: isolated EventLoop) async {
        while loop.now < clock.now { await Task.yield() }
        // What is due is called in the turn after that in which the time was read.
        await Task.yield()
    }

    /// Waits until it is over.
    func end(of id: TerminalID) async throws -> TerminalInfo {
        var info = try await terminals.info(id)
        try await eventually("\(id) is over") {
            info = try await terminals.info(id)
            return info.state == .ended
        }
        return info
    }
}
