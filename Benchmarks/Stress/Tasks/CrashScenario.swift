import Glibc
import Loop
import TestKit

/// A server that is killed at any moment while tasks are submitted, run, cancelled, deleted, moved and watched. The
/// next life knows all that was acknowledged or seen, as it was, and nothing of the life before is left running.
struct CrashScenario: Scenario {
    let name = "kill -9 under tasks"

    func run(_ scale: Scale, on loop: isolated EventLoop) async throws -> String {
        var random = scale.random
        let workflows = StressWorkflows(seed: random.next() % 1_000_000)
        defer { workflows.removeDiary() }
        var server = try await ServerUnderTest.start(
            [
                "TASKS_CONCURRENCY": "6", "TASKS_AFTER_INTERRUPT": "100ms", "TASKS_AFTER_TERMINATE": "100ms",
                "LOG_LEVEL": "warning",
            ], workflows: workflows.definitions, on: loop)
        var load = TaskLoad(name: workflows.mark, random: SeededRandom(seed: random.next()))
        let rounds = scale.pick(short: 10, full: 200)
        var slowest = Duration.zero
        for round in 1...rounds {
            do {
                if Bool.random(using: &random) {
                    try load.run(on: server, killingAfter: .random(in: 1...100, using: &random))
                } else {
                    let moment = Duration.milliseconds(Int64.random(in: 20...1500, using: &random))
                    try await kill(server.child, after: moment, on: loop)
                    try load.run(on: server)
                }
                _ = try await server.waitForEnd(on: loop)
                let left = MarkedProcesses(mark: workflows.mark).ids
                // Who is killed while it still puts things in order must do no harm either.
                if Int.random(in: 0..<5, using: &random) == 0 {
                    let child = try await server.spawnAgain(on: loop)
                    try await kill(
                        child, after: .milliseconds(.random(in: 1...150, using: &random)), on: loop)
                    let end = await child.wait(until: loop.clock.now + .seconds(30), on: loop)
                    try expect(end != nil, "a server that was killed while it started lives")
                }
                let start = loop.clock.now
                server = try await server.again(on: loop)
                slowest = max(slowest, loop.clock.now - start)
                let remaining = left.intersection(MarkedProcesses(mark: workflows.mark).ids)
                try expect(remaining.isEmpty, "of the life before there are still \(remaining)")
                try await TaskChecks(server: server, workflows: workflows).check(&load, on: loop)
            } catch {
                throw await failure(error, in: round, of: server, on: loop)
            }
        }
        do {
            try await end(&server, &load, workflows, on: loop)
        } catch {
            throw await failure(error, in: rounds + 1, of: server, on: loop)
        }
        let seen = load.ledger.tasks.values.reduce(0) { $0 + $1.seen.count }
        let endings = load.ledger.tasks.values.reduce(into: [:]) { $0[$1.ending ?? "", default: 0] += 1 }
            .sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        return """
            \(rounds) rounds, \(load.requests) requests, \(load.ledger.tasks.count) tasks (\(endings)), \(seen) \
            messages seen; the slowest start took \(slowest.milliseconds) ms
            """
    }

    /// SIGTERM while tasks run: it ends as it should, in time, and leaves no process and nothing undecided.
    private func end(
        _ server: inout ServerUnderTest, _ load: inout TaskLoad, _ workflows: StressWorkflows,
        on loop: isolated EventLoop
    ) async throws {
        try await signal(server.child, SIGTERM, after: .seconds(1), on: loop)
        try load.run(on: server)
        let exit = try await server.waitForEnd(on: loop)
        try expect(exit == .exited(status: 0), "told to stop, it ended by \(exit)")
        let left = MarkedProcesses(mark: workflows.mark).ids
        try expect(left.isEmpty, "it ended and left \(left)")
        server = try await server.again(on: loop)
        let checks = TaskChecks(server: server, workflows: workflows)
        try await checks.check(&load, on: loop)
        try await checks.finish(&load.ledger, on: loop)
        try checks.checkEnded(&load.ledger)
        try await TaskFolders(of: server).emptied(on: loop)
        try expect(
            MarkedProcesses(mark: workflows.mark).ids.isEmpty, "all tasks are over, and not their processes")
        let last = try await server.stop(on: loop)
        try expect(last == .exited(status: 0), "idle, it ended by \(last)")
    }

    private func kill(_ child: ChildProcess, after span: Duration, on loop: isolated EventLoop) async throws {
        try await signal(child, SIGKILL, after: span, on: loop)
    }

    /// By somebody else, since we are busy with requests then.
    private func signal(
        _ child: ChildProcess, _ number: CInt, after span: Duration, on loop: isolated EventLoop
    ) async throws {
        let seconds = "\(span.milliseconds / 1000).\(String(span.milliseconds % 1000 + 1000).dropFirst())"
        let killer = try await ChildProcess.spawn(
            ProcessSpec(
                "/bin/sh", ["-c", "sleep \(seconds); kill -\(number) \(child.pid)"],
                environment: ["PATH": "/usr/bin:/bin"]),
            until: loop.clock.now + .seconds(10), on: loop)
        _ = killer
    }

    /// With the folder, in which the cause may be found.
    private func failure(
        _ error: any Error, in round: Int, of server: ServerUnderTest, on loop: isolated EventLoop
    ) async -> StressError {
        _ = await server.child.stop(on: loop)
        return StressError("round \(round) in \(server.folder): \(error)")
    }
}
