import Configuration
import Feeds
import Loop
import Sessions

/// The checks that the configuration asks for, as the settings last read say. They end with the sessions of the
/// server.
actor ConfiguredChecks {
    private let board: CheckBoard
    private let sessions: Sessions
    private let loops: [EventLoop]
    private let web: WebAccess
    private var running: [String: (setting: Settings.Check, check: LoopBound<SystemCheck>)] = [:]
    private var started = 0

    init(on board: CheckBoard, of sessions: Sessions, on loops: [EventLoop], web: WebAccess) {
        self.board = board
        self.sessions = sessions
        self.loops = loops
        self.web = web
    }

    /// Looks at these and at nothing else. What is as it was goes on undisturbed.
    func apply(_ settings: [Settings.Check]) async {
        board.arrange(settings.map(\.name))
        let wanted = Dictionary(settings.map { ($0.name, $0) }) { first, _ in first }
        for (name, old) in running where wanted[name] != old.setting {
            await old.check.run { check, loop in await check.end(on: loop) }
            running[name] = nil
        }
        for setting in settings where running[setting.name] == nil { await begin(setting) }
    }

    private func begin(_ setting: Settings.Check) async {
        let plan = SystemCheck.Plan(
            setting.name, every: setting.every, timeout: setting.timeout, degradedAfter: setting.degradedAfter
        )
        do {
            let probe = try probe(setting.probe)
            started += 1
            let check = await SystemCheck.start(
                plan, probe, on: board, of: sessions, on: loops[started % loops.count])
            running[setting.name] = (setting, check)
        } catch {
            board.note(setting.name, CheckVerdict(.down, "It cannot be looked at: \(error)."))
        }
    }

    private func probe(_ probe: Settings.Check.Probe) throws -> any HealthProbe {
        switch probe {
        case .http(let address): try WebProbe(address, through: web)
        case .tcp(let place): try ConnectionProbe(place, through: web)
        case .command(let command): CommandProbe(words: command.words)
        }
    }
}
