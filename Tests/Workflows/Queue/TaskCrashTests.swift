import Glibc
import Loop
import Store
import TestKit
import Testing

@testable import Workflows

/// What a server that is killed must have stored by then, and what its next life makes of it.
@Suite struct TaskCrashTests {
    @Test func nothingOfATaskRunsBeforeItIsStoredThatItRuns() async throws {
        let script = #"if [ -e "$FOLDER/free" ]; then echo late; else echo early; fi > "$FOLDER/seen""#
        try await withOnly(script) { data in
            let (seen, free) = ("\(data)/seen", "\(data)/free")
            try await EngineGround.run(
                in: data, { ($0.concurrency, $0.environment["FOLDER"]) = (0, data) }
            ) { ground, _ in
                let id = try await ground.submit("only")
                let (store, isHeld) = (ground.store, Reply<Void>())
                // The disk takes its time, until there is the file `free`.
                async let held: Void = store.write { _ in
                    isHeld.answer(())
                    for _ in 0..<4000 where !isThere(free) { _ = poll(nil, 0, 1) }
                }
                try #require(await ground.hear(isHeld))
                await ground.apply { $0.concurrency = 4 }
                // As long a wrong engine has to show itself.
                try? await eventually("it begins too early", within: .milliseconds(500)) { isThere(seen) }
                makeFile(free)
                try await held
                #expect(try await ground.wait(for: id).status == .succeeded)
                #expect(ProcFile.contents(seen) == Array("late\n".utf8))
            }
        }
    }

    @Test func aCancelThatIsAnsweredIsStored() async throws {
        try await withOnly { data in
            try await EngineGround.run(in: data, { $0.concurrency = 0 }) { ground, _ in
                let id = try await ground.submit("only")
                _ = try await ground.engine.cancel(id, by: "anna")
                let stored = try await ground.stored(id)
                #expect(stored.isCancelling || stored.status == .cancelled)
                #expect(try await ground.wait(for: id).reason == .cancelled)
            }
        }
    }

    @Test func aTaskThatWaitedAndWasCancelledIsOverInTheNextLife() async throws {
        var cancelled = TaskRecord.sample("only")
        cancelled.isCancelling = true
        let task = cancelled
        try await withOnly { data in
            try await EngineGround.run(in: data, prepare: { try await $0.add(task) }) { ground, _ in
                let record = try await ground.stored(task.id)
                #expect(record.status == .cancelled)
                #expect(record.startedAt == nil)
            }
        }
    }

    @Test func whatIsLeftInFoldersGoesButForArtifacts() async throws {
        let (running, over) = (TaskRecord.sample("only"), TaskRecord.sample("only").ended(.succeeded))
        let (gone, kept) = (TaskID.make(), "artifacts/kept")
        try await withOnly { data in
            func space(_ id: TaskID) -> Workspace { Workspace(data: data, task: id) }
            try await EngineGround.run(
                in: data,
                prepare: { store in
                    let number = try await store.add(running)
                    _ = try await store.change(number, to: running.running(), from: .pending)
                    try await store.add(over)
                    for id in [running.id, over.id, gone] {
                        try space(id).make()
                        makeFile(space(id).work + "/left")
                    }
                    makeFile(space(over.id).path + "/" + kept)
                }
            ) { ground, _ in
                #expect(try await ground.stored(running.id).reason == .interrupted)
                #expect(!isThere(space(running.id).path))
                try await ground.engine.clearFolders()
                #expect(!isThere(space(gone).path))
                #expect(!isThere(space(over.id).work))
                #expect(isThere(space(over.id).path + "/" + kept))
            }
        }
    }
}

/// A data folder with one workflow, `only`.
private func withOnly(_ script: String = "true", _ body: (String) async throws -> Void) async throws {
    try await withWorkflows(["only": "phases: {one: {run: [sh, -c, '\(script)']}}"], body)
}

private func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

private func makeFile(_ path: String) { close(unsafe open(path, O_WRONLY | O_CREAT, 0o600)) }
