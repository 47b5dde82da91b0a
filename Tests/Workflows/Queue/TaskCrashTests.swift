import Glibc
import Loop
import Store
import Synchronization
import TestKit
import Testing

@testable import Workflows

/// What a server that is killed must have stored by then, and what its next life makes of it.
@Suite struct TaskCrashTests {
    @Test func nothingOfATaskRunsBeforeItIsStoredThatItRuns() async throws {
        let script = #"if [ -e "$FOLDER/free" ]; then echo late; else echo early; fi > "$FOLDER/seen""#
        try await CrashGround.run(script: script, concurrency: 0) { ground, loop in
            let task = try await ground.engine.submit(TaskRequest(workflow: "only")).record
            let (seen, free) = ("\(ground.folder)/seen", "\(ground.folder)/free")
            let store = ground.store
            let isHeld = Atomic(false)
            // The disk takes its time, until there is the file `free`.
            async let held: Void = store.write { _ in
                isHeld.store(true, ordering: .relaxed)
                for _ in 0..<4000 where !isThere(free) { _ = poll(nil, 0, 1) }
            }
            while !isHeld.load(ordering: .relaxed) { await loop.sleep(until: loop.now + .milliseconds(1)) }
            await ground.engine.apply(CrashGround.setting(4, in: ground.folder))
            // As long a wrong engine has to show itself.
            let patience = loop.now + .milliseconds(500)
            while !isThere(seen), loop.now < patience {
                await loop.sleep(until: loop.now + .milliseconds(5))
            }
            makeFile(free)
            try await held
            #expect(try await ground.end(of: task.id, on: loop).status == .succeeded)
            #expect(ProcFile.contents(seen) == Array("late\n".utf8))
        }
    }

    @Test func aCancelThatIsAnsweredIsStored() async throws {
        try await CrashGround.run(concurrency: 0) { ground, loop in
            let task = try await ground.engine.submit(TaskRequest(workflow: "only")).record
            _ = try await ground.engine.cancel(task.id, by: "anna")
            let stored = try await ground.stored(task.id)
            #expect(stored.isCancelling || stored.status == .cancelled)
            #expect(try await ground.end(of: task.id, on: loop).reason == .cancelled)
        }
    }

    @Test func aTaskThatWaitedAndWasCancelledIsOverInTheNextLife() async throws {
        var cancelled = TaskRecord.sample("only")
        cancelled.isCancelling = true
        let task = cancelled
        try await CrashGround.run(prepare: { store, _ in try await store.add(task) }) { ground, _ in
            let record = try await ground.stored(task.id)
            #expect(record.status == .cancelled)
            #expect(record.startedAt == nil)
        }
    }

    @Test func whatIsLeftInFoldersGoesButForArtifacts() async throws {
        let (running, over) = (TaskRecord.sample("only"), TaskRecord.sample("only").ended(.succeeded))
        let (gone, kept) = (TaskID.make(), "artifacts/kept")
        func space(_ id: TaskID, _ folder: String) -> Workspace { Workspace(data: folder, task: id) }
        try await CrashGround.run(
            prepare: { store, folder in
                let number = try await store.add(running)
                _ = try await store.change(number, to: running.running(), from: .pending)
                try await store.add(over)
                for id in [running.id, over.id, gone] {
                    try space(id, folder).make()
                    makeFile(space(id, folder).work + "/left")
                }
                makeFile(space(over.id, folder).path + "/" + kept)
            }
        ) { ground, _ in
            #expect(try await ground.stored(running.id).reason == .interrupted)
            #expect(!isThere(space(running.id, ground.folder).path))
            try await ground.engine.clearFolders()
            #expect(!isThere(space(gone, ground.folder).path))
            #expect(!isThere(space(over.id, ground.folder).work))
            #expect(isThere(space(over.id, ground.folder).path + "/" + kept))
        }
    }
}

private func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

private func makeFile(_ path: String) { close(unsafe open(path, O_WRONLY | O_CREAT, 0o600)) }
