import Glibc
import Loop
import TestKit
import Testing

@Suite struct RunTests {
    @Test func whatATaskSaysComesOnTheStreamItWasSaidOn() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.run("run", "speak", "--requirement", "a\nb", on: loop)
            #expect(run.status == 0)
            #expect(run.output == "out\na\nb\n")
            let lines = run.error.split(separator: "\n")
            #expect(lines.contains("err"))
            #expect(lines.contains("holdfast: speak: notice: look"))
            #expect(lines.last?.hasSuffix(": SUCCEEDED: Every phase is done.") ?? false, "\(run.error)")
        }
    }

    @Test func aLineThatIsLongerThanAnEventIsOneLineAgain() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.run("run", "wide", on: loop)
            #expect(run.status == 0)
            #expect(run.output == String(repeating: "x", count: 200_000) + "\nend\n")
        }
    }

    @Test func aRequirementMayComeOnStandardInput() async throws {
        try await withWorkflows { server, folder, loop in
            let words = ["run", "speak", "--requirement", "-"] + server.flags
            let run = try await Holdfast.start(words, in: folder, input: "from a pipe", on: loop)
                .finish(on: loop)
            #expect(run.output == "out\nfrom a pipe\n", "\(run.error)")
        }
    }

    @Test(arguments: [("fail", CInt(1), ": FAILED: "), ("late", 124, ": FAILED: ")])
    func theExitStatusSaysHowTheTaskEnded(_ workflow: String, _ status: CInt, _ words: String) async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.run("run", workflow, on: loop)
            #expect(run.status == status)
            #expect(run.error.contains(words), "\(run.error)")
        }
    }

    @Test func aTaskThatSomebodyCancelsEndsItsFollower() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.start("run", "count", on: loop)
            let task = try await run.task(on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("waiting") }
            #expect(try await server.run("tasks", "cancel", task, on: loop).status == 0)
            let end = try await run.finish(on: loop)
            #expect(end.status == 130)
            #expect(end.error.contains("\(task): CANCELLED: "), "\(end.error)")
        }
    }

    @Test func aFollowerHearsWhatBecameOfATaskWhoseServerWasKilled() async throws {
        try await withWorkflows { server, folder, loop in
            let run = try await server.start("run", "count", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("waiting") }
            server.program.child.signal(SIGKILL)
            _ = await server.program.child.wait(until: loop.clock.now + Holdfast.patience, on: loop)
            try await run.error.read(within: Holdfast.patience, on: loop) { $0.contains("Trying again") }
            let second = try await RunningServer.start(
                in: folder, environment: ["HOLDFAST_CONFIG": folder.file("holdfast.yaml")], on: loop)
            let end = try await run.finish(on: loop)
            await second.program.stop(on: loop)
            #expect(end.status == 1)
            #expect(end.error.contains(": FAILED: The server ended while it ran."), "\(end.error)")
            // Nothing twice, nothing left out.
            let lines = end.output.split(separator: "\n").map(String.init)
            #expect(lines == (1...500).map(String.init) + ["waiting"])
        }
    }

    @Test func aServerThatStaysAwayIsUnavailable() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.start("run", "count", "--patience", "0s", on: loop)
            try await run.output.read(within: Holdfast.patience, on: loop) { $0.contains("waiting") }
            server.program.child.signal(SIGKILL)
            let end = try await run.finish(on: loop)
            #expect(end.status == 69)
            #expect(end.error.contains("peer_lost"), "\(end.error)")
        }
    }

    @Test func aDetachedTaskRunsOnAndItsIdIsAllThatIsPrinted() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.run("run", "speak", "--detach", on: loop)
            #expect(run.status == 0)
            #expect(run.error == "")
            let task = String(run.output.dropLast())
            #expect(task.count == 10)
            try await server.expect("SUCCEEDED", of: task, on: loop)
        }
    }

    @Test func theMessagesThemselvesAreForScripts() async throws {
        try await withWorkflows { server, _, loop in
            let run = try await server.run("run", "speak", "--json", on: loop)
            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.hasPrefix(#"{"type":""#) && $0.hasSuffix("}") })
            #expect(lines.contains { $0.contains(#""level":"notice""#) && $0.contains(#""text":"look""#) })
            #expect(lines.last?.hasPrefix(#"{"type":"end""#) ?? false)
        }
    }

    @Test func theSameKeyMeansTheSameTask() async throws {
        try await withWorkflows { server, folder, loop in
            let made = try await Holdfast.start(
                ["token", "create", "ci", "--role", "operator", "--data", server.data], in: folder, on: loop
            ).finish(on: loop)
            let words = ["run", "speak", "--detach", "--idempotency-key", "k", "--url", server.url]
            let all = words + ["--token", String(made.output.dropLast())]
            let first = try await Holdfast.start(all, in: folder, on: loop).finish(on: loop)
            let second = try await Holdfast.start(all, in: folder, on: loop).finish(on: loop)
            #expect(first.status == 0 && first.output == second.output, "\(second.error)")
        }
    }

    @Test(arguments: [
        (["run", "nix"], CInt(65), "There is no workflow \"nix\""),
        (["run", "speak", "--input", "levle=2"], 65, "did you mean `level`?"),
        (["run", "speak", "--input", "level"], 64, "is no `name=value`"),
        (["run", "speak", "--input", "level=1", "--input", "level=2"], 64, "gives level twice"),
        (["run", "speak", "--priority", "101"], 64, "out of range"),
        (["run", "speak", "--max-duration", "10"], 64, "has no unit"),
        (["tasks", "show", "bcdfghjkmn"], 66, "There is no task bcdfghjkmn."),
        (["tasks", "show", "x"], 64, "is no task's id"),
    ])
    func whatCannotBeDoneIsOneSentence(_ words: [String], _ status: CInt, _ sentence: String) async throws {
        try await withWorkflows { server, folder, loop in
            let run = try await Holdfast.start(words + server.flags, in: folder, on: loop).finish(on: loop)
            #expect(run.status == status)
            #expect(run.output == "")
            #expect(run.error.contains(sentence), "\(run.error)")
        }
    }
}
