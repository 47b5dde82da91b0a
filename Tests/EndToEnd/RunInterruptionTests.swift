import Glibc
import Loop
import TestKit
import Testing

@Suite struct RunInterruptionTests {
    private static let question = "cancel the task, or leave it running? [c/l] "

    /// A task that waits, followed on a terminal, after Ctrl-C: `body` has the terminal and the task.
    private static func withQuestion(
        _ body: @Sendable (Holdfast, String, RunningServer, isolated EventLoop) async throws -> Void
    ) async throws {
        try await withWorkflows { server, folder, loop in
            let run = try await Holdfast.start(
                onTerminal: ["run", "count"] + server.flags, in: folder, on: loop)
            do {
                let task = try await run.task(on: loop)
                try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("waiting") }
                run.output.type("\u{3}")
                try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains(question) }
                try await body(run, task, server, loop)
            } catch {
                await run.stop(on: loop)
                throw error
            }
        }
    }

    @Test func onATerminalAPersonMayLeaveTheTaskRunning() async throws {
        try await Self.withQuestion { run, task, server, loop in
            run.output.type("l\n")
            #expect(try await run.finish(on: loop).status == 130)
            try await server.expect("RUNNING", of: task, on: loop)
        }
    }

    @Test func onATerminalAPersonMayCancelTheTask() async throws {
        try await Self.withQuestion { run, task, server, loop in
            run.output.type("what?\n")
            try await run.output.read(within: Holdfast.patience, on: loop) {
                $0.split(separator: Self.question).count > 2 || $0.hasSuffix("what?\r\n" + Self.question)
            }
            run.output.type("c\n")
            let end = try await run.finish(on: loop)
            #expect(end.status == 130)
            #expect(end.output.contains("\(task): CANCELLED: "), "\(end.output)")
        }
    }

    @Test func aSecondInterruptionCancelsTheTaskAtOnce() async throws {
        try await Self.withQuestion { run, task, server, loop in
            run.output.type("\u{3}")
            #expect(try await run.finish(on: loop).status == 130)
            try await server.expect("CANCELLED", of: task, on: loop)
        }
    }

    @Test func aTerminalThatGoesAwayLeavesTheTaskRunning() async throws {
        try await withWorkflows { server, folder, loop in
            let run = try await Holdfast.start(
                onTerminal: ["run", "count"] + server.flags, in: folder, on: loop)
            let task = try await run.task(on: loop)
            run.child.signal(SIGHUP)
            #expect(try await run.finish(on: loop).status == 130)
            try await server.expect("RUNNING", of: task, on: loop)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func withoutATerminalTheTaskIsCancelledAndItsEndAwaited(_ signal: CInt) async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.start("run", "count", on: loop)
            let task = try await run.task(on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("waiting") }
            run.child.signal(signal)
            let end = try await run.finish(on: loop)
            #expect(end.status == 130)
            #expect(end.error.contains("\(task): CANCELLED: "), "\(end.error)")
            let shown = try await server.run("tasks", "show", task, on: loop)
            #expect(shown.output.contains("CANCELLED"))
        }
    }

    @Test func anInterruptionIsHeardWhileTheServerIsAway() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.start("run", "count", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("waiting") }
            server.program.child.signal(SIGKILL)
            try await run.error.read(within: Holdfast.patience, on: loop) { $0.contains("Trying again") }
            run.child.signal(SIGINT)
            try await run.error.read(within: Holdfast.patience, on: loop) {
                $0.contains("No server runs on the data folder")
            }
            run.child.signal(SIGINT)
            #expect(try await run.finish(on: loop).status == 130)
        }
    }

    @Test func theProgressIsShownOnATerminal() async throws {
        try await withWorkflows { server, folder, loop in
            let run = try await Holdfast.start(
                onTerminal: ["run", "ask"] + server.flags, in: folder, on: loop)
            let task = try await run.task(on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("ask 40% half") }
            let sent = try await server.run("tasks", "input", task, "blue", on: loop)
            #expect(sent.status == 0, "\(sent.error)")
            let end = try await run.finish(on: loop)
            #expect(end.status == 0)
            #expect(end.output.contains("got blue\r\n"), "\(end.output)")
        }
    }
}
