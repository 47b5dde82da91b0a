import Loop
import Store
import TestKit
import Testing

@testable import Workflows

/// A task does what its workflow said when it was submitted, whatever becomes of the file.
@Suite struct DefinitionTests {
    private static func says(_ word: String, more: String = "") -> String {
        "\(more)phases: {a: {run: 'echo \(word)'}}"
    }

    private static let broken = "phases: {a: {rn: x}}"

    private static func waiting(_ setting: inout TaskSetting) { setting.concurrency = 0 }

    private func said(_ id: TaskID, _ ground: EngineGround) async throws -> String {
        #expect(try await ground.wait(for: id).status == .succeeded)
        let texts = try await ground.said(id).filter { $0.hasPrefix(#"{"type":"event""#) }
        #expect(texts.count == 1)
        let text = try #require(texts.first?.firstRange(of: #""text":""#)).upperBound
        return String(texts[0][text...].prefix { $0 != "\"" })
    }

    @Test(arguments: [says("new"), "phases: {other: {run: 'echo new'}}", broken, nil])
    func aTaskThatWaitsDoesWhatWasPromisedWhateverItsFileSaysNow(_ now: String?) async throws {
        try await withWorkflows(["w": Self.says("old")]) { data in
            try await EngineGround.run(in: data, Self.waiting) { ground, _ in
                let id = try await ground.submit("w")
                define("w", now, in: data)
                _ = await ground.engine.reloadWorkflows()
                let phases = try await ground.engine.record(id).phases.map(\.name)
                await ground.engine.apply(ground.setting(concurrency: 4))
                #expect(try await said(id, ground) == "old")
                #expect(phases == ["a"])
            }
        }
    }

    @Test(arguments: [says("new"), broken, nil])
    func soItDoesBehindARestart(_ now: String?) async throws {
        try await withWorkflows(["w": Self.says("old", more: "on_interrupt: retry\n")]) { data in
            var ids: [TaskID] = []
            try await EngineGround.run(in: data, Self.waiting) { ground, _ in
                for _ in 0..<3 { ids.append(try await ground.submit("w")) }
                #expect(try await ground.definitions() == 1)
            }
            define("w", now, in: data)
            try await EngineGround.run(in: data) { ground, recovery in
                #expect(recovery.waiting == 3)
                for id in ids {
                    let word = try await said(id, ground)
                    #expect(word == "old")
                }
            }
        }
    }

    @Test func whatBeginsAnewIsDecidedByWhatWasPromised() async throws {
        let sleeps = "phases: {a: {run: [sleep, '100']}}"
        try await withWorkflows(["again": "on_interrupt: retry\n\(sleeps)", "once": sleeps]) { data in
            var ids: [TaskID] = []
            try await EngineGround.run(in: data, Self.waiting) { ground, _ in
                for name in ["again", "once"] {
                    let id = try await ground.submit(name)
                    try await ground.storeAsRunning(id)
                    ids.append(id)
                }
            }
            define("again", sleeps, in: data)
            define("once", "on_interrupt: retry\n\(sleeps)", in: data)
            try await EngineGround.run(in: data, Self.waiting) { ground, _ in
                let (again, once) = (
                    try await ground.engine.record(ids[0]), try await ground.engine.record(ids[1])
                )
                #expect(again.status == .pending)
                #expect(once.reason == .interrupted)
            }
        }
    }

    @Test func theLastGoodVersionStaysInForceForNewTasksOverRestarts() async throws {
        try await withWorkflows(["w": Self.says("old"), "gone": Self.says("gone")]) { data in
            try await EngineGround.run(in: data) { _, _ in }
            define("w", Self.broken, in: data)
            define("gone", nil, in: data)
            for _ in 0..<2 {
                try await EngineGround.run(in: data) { ground, _ in
                    let snapshot = ground.engine.workflows.snapshot
                    #expect(snapshot.entries.map(\.workflow.name) == ["w"])
                    #expect(snapshot.entries.map(\.isCurrent) == [false])
                    #expect(snapshot.problems.map(\.key) == ["phases.a.run", "phases.a.rn"])
                    #expect(snapshot.problems.allSatisfy(snapshot.endures))
                    let word = try await said(ground.submit("w"), ground)
                    #expect(word == "old")
                }
            }
            // Mended and broken again: the last good version is the mended one.
            define("w", Self.says("mended"), in: data)
            try await EngineGround.run(in: data) { _, _ in }
            define("w", Self.broken, in: data)
            try await EngineGround.run(in: data) { ground, _ in
                let word = try await said(ground.submit("w"), ground)
                #expect(word == "mended")
            }
        }
    }

    @Test func aCommentIsAChangeToo() async throws {
        try await withWorkflows(["w": Self.says("old")]) { data in
            try await EngineGround.run(in: data) { ground, _ in
                define("w", Self.says("old", more: "# why\n"), in: data)
                #expect(await ground.engine.reloadWorkflows() == nil)
                let kept = try await ground.files().values.map { String(decoding: $0.text, as: UTF8.self) }
                #expect(kept == [Self.says("old", more: "# why\n")])
            }
        }
    }

    @Test func aDefinitionGoesWithTheLastTaskThatRefersToIt() async throws {
        try await withWorkflows(["w": Self.says("one")]) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let first = [try await ground.submit("w"), try await ground.submit("w")]
                for id in first { _ = try await ground.wait(for: id) }
                define("w", Self.says("two"), in: data)
                _ = await ground.engine.reloadWorkflows()
                #expect(try await ground.definitions() == 2)
                try await ground.engine.delete(first[0])
                _ = try await ground.engine.shorten(to: TaskRetention.Bounds())
                #expect(try await ground.definitions() == 2)
                try await ground.engine.delete(first[1])
                _ = try await ground.engine.shorten(to: TaskRetention.Bounds())
                #expect(try await ground.definitions() == 1)
            }
        }
    }

    @Test func aRetryDoesWhatTheWorkflowSaysNowAndSaysWhyItCannot() async throws {
        try await withWorkflows(["w": "phases: {a: {run: exit 3}}"]) { data in
            var id: TaskID?
            try await EngineGround.run(in: data) { ground, _ in
                let old = try await ground.wait(for: ground.submit("w"))
                id = old.id
                define("w", Self.says("mended"), in: data)
                _ = await ground.engine.reloadWorkflows()
                for phase in [nil, "a"] {
                    let new = try await ground.engine.retry(old.id, from: phase, by: "anna")
                    #expect(try await said(new.id, ground) == "mended")
                }
                define("w", nil, in: data)
                _ = await ground.engine.reloadWorkflows()
                await #expect(
                    throws: TaskError.badRequest(
                        "The task \(old.id) cannot be done again, since its workflow w is not defined now: its file "
                            + "is gone, or gives it another name.")
                ) { try await ground.engine.retry(old.id, from: "a", by: "anna") }
            }
            define("w", Self.broken, in: data)
            try await EngineGround.run(in: data) { ground, _ in
                let old = try #require(id)
                let error = await #expect(throws: TaskError.self) {
                    try await ground.engine.retry(old, by: "anna")
                }
                #expect(error?.sentence.contains("its file has mistakes, the first of them") == true)
                #expect(error?.sentence.contains("w.yaml:1: phases.a.run") == true)
            }
        }
    }

    @Test func whatAnotherVersionCannotReadEndsTheTaskAndSaysSo() async throws {
        try await withWorkflows(["w": Self.says("old")]) { data in
            var id: TaskID?
            try await EngineGround.run(in: data, Self.waiting) { ground, _ in
                id = try await ground.submit("w")
                try await ground.damageDefinitions("phases: {a: {runs: x}}")
            }
            try await EngineGround.run(in: data) { ground, _ in
                let task = try await ground.wait(for: #require(id))
                #expect((task.status, task.reason) == (.failed, .noWorkflow))
                #expect(
                    task.sentence
                        == "This version of the server does not understand the definition of w that the task was "
                        + "submitted with: phases.a.run: is missing: give a script, or a list of a program and its arguments. "
                        + "Submit it again.")
            }
        }
    }

    @Test func aTaskOfATimeBeforeDoesWhatTheFileSaysNow() async throws {
        try await withWorkflows(["only": Self.says("now")]) { data in
            let (here, gone) = (TaskRecord.sample("only"), TaskRecord.sample("gone"))
            try await EngineGround.run(in: data) { ground, _ in
                for task in [here, gone] { try await ground.add(task) }
            }
            try await EngineGround.run(in: data) { ground, _ in
                #expect(try await said(here.id, ground) == "now")
                let task = try await ground.wait(for: gone.id)
                #expect(task.reason == .noWorkflow)
                #expect(task.sentence?.hasPrefix("Its workflow gone is no longer defined") == true)
            }
        }
    }

    @Test func aWorkflowThatIsGoneKeepsItsBoundInTheLine() async throws {
        let sleeps = "concurrency: 1\nphases: {a: {run: [sleep, '100']}}"
        try await withWorkflows(["w": sleeps, "other": Self.says("x")]) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let ids = [try await ground.submit("w"), try await ground.submit("w")]
                _ = try await ground.wait(for: ids[0]) { $0.status == .running }
                define("w", nil, in: data)
                _ = await ground.engine.reloadWorkflows()
                // What comes behind them in the line has its turn, so theirs has been looked at.
                _ = try await ground.wait(for: ground.submit("other"))
                #expect(await ground.engine.line().waiting == [ids[1]])
            }
        }
    }
}
