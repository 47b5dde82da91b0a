import Glibc
import Loop
import TestKit
import Wire

/// A server that is told to stop, or killed, and started again under programs on terminals: each life finds all of them,
/// they go on, and of what they said nothing is lost, doubled or changed, but for what the window cannot hold.
struct RestartedTerminalsScenario: Scenario {
    let name = "terminals over restarts"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        var ground = try await TerminalGround.start(["TERMINALS_WINDOW": "256KiB"], on: loop)
        var random = scale.random
        let rounds = scale.pick(short: 4, full: 50)
        let terminals = try LastingTerminal.Program.allCases.map { try LastingTerminal($0, on: ground) }
        var slowest = Duration.zero
        for round in 1...rounds {
            do {
                try check(terminals, on: ground, in: round)
                try use(terminals, on: ground, in: round, &random)
                let signal = round.isMultiple(of: 2) ? SIGTERM : SIGKILL
                ground.server.child.signal(signal)
                for terminal in terminals {
                    while try terminal.read() {}
                    let close = terminal.visit?.close
                    try expect(
                        signal == SIGKILL ? close == nil : close == 1001,
                        "\(terminal.program) closed with \(close ?? 0)")
                    terminal.visit?.peer.close()
                }
                _ = try await ground.server.waitForEnd(on: loop)
                // Who is killed while it finds them must do no harm either.
                if Int.random(in: 0..<3, using: &random) == 0 {
                    try await startInVain(ground, &random, on: loop)
                }
                let start = loop.clock.now
                ground = ground.moved(to: try await ground.server.again(on: loop))
                slowest = max(slowest, loop.clock.now - start)
            } catch {
                _ = await ground.server.child.stop(on: loop)
                throw StressError("round \(round) in \(ground.server.folder): \(error)")
            }
        }
        try check(terminals, on: ground, in: rounds + 1)
        for terminal in terminals { terminal.visit?.peer.close() }
        for terminal in terminals { try ground.end(terminal.id) }
        try await ground.emptied(within: .seconds(20), on: loop)
        let said = terminals.reduce(0) { $0 + $1.offset }
        let lost = terminals.reduce(0) { $0 + $1.lost }
        try await ground.finish(on: loop)
        return """
            \(terminals.count) terminals over \(rounds) restarts, \(said) bytes said, \(lost) of the flood told to be \
            gone; the slowest start took \(slowest.milliseconds) ms
            """
    }

    /// All are there, as they were, and only they; everybody comes back to them.
    private func check(_ terminals: [LastingTerminal], on ground: TerminalGround, in round: Int) throws {
        let living = try ground.living()
        try expect(living == terminals.count, "there are \(living)")
        for terminal in terminals {
            let page = try ground.page(of: terminal.id)
            try expect(page.text("state") == "running", "\(terminal.id) is \(page.text("state") ?? "")")
            try expect(try ground.pid(of: terminal.id) == terminal.pid, "\(terminal.id) has another process")
            try terminal.come(to: ground.server)
            try terminal.compareWindow(on: ground.server)
        }
    }

    /// Every program goes on, and those who take what is typed do. Ends at a random moment.
    private func use(
        _ terminals: [LastingTerminal], on ground: TerminalGround, in round: Int, _ random: inout SeededRandom
    ) throws {
        for terminal in terminals {
            let before = terminal.offset
            switch terminal.program {
            case .counter, .flood: try terminal.hear { $0.offset > before }
            case .shell:
                try terminal.visit?.type("echo round-$((\(round) + 1000))\r")
                try terminal.hear { $0.tail.contains("round-\(round + 1000)\r\n") }
            case .editor:
                try terminal.hear { $0.offset > 0 }
                // Draws all of it again.
                try terminal.visit?.type("\u{0C}")
                try terminal.hear { $0.offset > max(before, 1) }
            case .sleeper: try terminal.hear { $0.tail == "asleep" }
            }
        }
        let clock = SystemClock()
        let end = clock.now + .milliseconds(Int64.random(in: 0...200, using: &random))
        while clock.now < end {
            for terminal in terminals where terminal.visit?.hasNews(within: 2) == true {
                _ = try terminal.read()
            }
        }
    }

    private func startInVain(
        _ ground: TerminalGround, _ random: inout SeededRandom, on loop: isolated EventLoop
    ) async throws {
        let child = try await ground.server.spawnAgain(on: loop)
        await loop.sleep(until: loop.clock.now + .milliseconds(Int64.random(in: 1...150, using: &random)))
        child.signal(SIGKILL)
        let end = await child.wait(until: loop.clock.now + .seconds(30), on: loop)
        try expect(end != nil, "a server that was killed while it started lives")
    }
}
