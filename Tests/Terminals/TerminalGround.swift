import Loop
import Sessions
import Terminals
import TestKit

/// A directory of terminals with real holders, on loops of its own.
struct TerminalGround {
    let terminals: Terminals
    let sessions: Sessions
    let loops: [EventLoop]
    /// On its one thread recordings are written.
    let offload: Offload

    static func run(
        _ folder: TemporaryFolder? = nil, _ change: (inout TerminalSetting) -> Void = { _ in },
        _ body: (TerminalGround) async throws -> Void
    ) async throws {
        let folder = try folder ?? TemporaryFolder()
        let group = try LoopGroup(count: 2)
        let offload = try Offload(name: "test", threads: 1, capacity: 16)
        let sessions = Sessions(loops: group.loops, audit: NoAudit()) { _ in }
        var setting = TerminalSetting(folder: folder.path)
        setting.program = TestProgram.holdfast
        setting.outlive = nil
        setting.afterHangup = .milliseconds(200)
        setting.afterTerminate = .milliseconds(200)
        change(&setting)
        let terminals = Terminals(setting, sessions: sessions, loops: group.loops, offload: offload)
        _ = await terminals.adopt()
        let ground = TerminalGround(
            terminals: terminals, sessions: sessions, loops: group.loops, offload: offload)
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
}
