import Glibc
import Loop
import Sessions
import TestKit
import Testing

@testable import Workflows

@Suite struct TaskEngineTests {
    private static let workflows = [
        "greet": """
        inputs: {name: {default: world}}
        phases:
          hello: {run: 'echo "Hello, $HOLDFAST_INPUT_NAME!"; echo "word=bye" >> "$HOLDFAST_OUTPUT"'}
          bye:
            needs: hello
            env: {WORD: '${{ phases.hello.outputs.word }}'}
            run: 'echo "$WORD"; echo "{\\"said\\": \\"$WORD\\"}" > "$HOLDFAST_STATE"; echo "::usage tokens=3::"'
        """,
        "fails": """
        phases:
          a: {run: 'echo "no" >&2; exit 3', retries: {count: 2, delay: 10ms}}
          b: {needs: a, run: 'true'}
          c: {needs: a, if: failure(), run: 'echo cleaned'}
        """,
        "waits": "phases: {a: {run: [sleep, '100']}}",
        "again": "on_interrupt: retry\nphases: {a: {run: [sleep, '100']}}",
        "single": "concurrency: 1\nphases: {a: {run: [sleep, '100']}}",
        "stubborn": """
        phases:
          a:
            run: |
              trap '' INT TERM
              (setsid sh -c "trap '' INT TERM HUP; sleep 1000" &)
              echo ready
              while :; do sleep 1; done
        """,
        "asks": "phases: {a: {input: true, run: 'read line; echo \"got $line\"'}}",
    ]

    @Test func aTaskRunsItsPhasesAndSaysAll() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let id = try await ground.submit("greet") { $0.inputs = ["name": .text("Ada")] }
                let task = try await ground.wait(for: id)
                #expect((task.status, task.reason) == (.succeeded, .completed))
                #expect(task.phases.map(\.status) == [.succeeded, .succeeded])
                #expect(task.usage == ["tokens": 3])
                #expect(try await ground.engine.stateDocument(id) == #"{"said":"bye"}"#)
                let said = try await ground.said(id).filter { $0.hasPrefix(#"{"type":"event""#) }
                #expect(said.map { $0.contains("Hello, Ada!") } == [true, false])
                #expect(said.last?.contains(#""phase":"bye","text":"bye""#) == true)
                #expect(try await ground.statuses(id) == ["PENDING", "RUNNING", "SUCCEEDED"])
            }
        }
    }

    @Test func aPhaseThatFailsIsTriedAgainAndThenFailsTheTask() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let task = try await ground.wait(for: ground.submit("fails"))
                #expect(task.sentence == "Phase a failed: exit status 3.")
                #expect(task.phases.map(\.status) == [.failed, .skipped, .succeeded])
                #expect(task.phases[0].attempt == 3)
                #expect(try await ground.said(task.id).count { $0.contains(#""stderr""#) } == 3)
            }
        }
    }

    @Test func aCancelledTaskLeavesNoProcess() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let id = try await ground.submit("stubborn")
                _ = try await ground.wait(for: id) { $0.status == .running }
                while try await !ground.said(id).contains(where: { $0.contains(#""text":"ready""#) }) {
                    await Task.yield()
                }
                #expect(try await ground.engine.cancel(id, by: "ben").isCancelling)
                let task = try await ground.wait(for: id)
                #expect((task.status, task.sentence) == (.cancelled, "Cancelled by ben."))
                #expect(task.killed >= 2)
                await #expect(throws: TaskError.notNow("The task \(id) is over: CANCELLED.")) {
                    try await ground.engine.cancel(id, by: "ben")
                }
                #expect(try await ground.statuses(id) == ["PENDING", "RUNNING", "CANCELLED"])
            }
        }
    }

    @Test func aTaskThatWaitsCanBeCancelledAndNeverBegins() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data, { $0.concurrency = 1 }) { ground, _ in
                let first = try await ground.submit("waits")
                _ = try await ground.wait(for: first) { $0.status == .running }
                let second = try await ground.submit("waits")
                _ = try await ground.engine.cancel(second, by: nil)
                let task = try await ground.wait(for: second)
                #expect((task.status, task.startedAt) == (.cancelled, nil))
                #expect(await ground.engine.line().waiting == [])
                #expect(await ground.engine.line().running == [first])
            }
        }
    }

    @Test func aTaskThatTakesTooLongFails() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let task = try await ground.wait(for: ground.submit("waits") { $0.maxDuration = 1 })
                #expect((task.status, task.reason) == (.failed, .deadline))
                #expect(task.phases[0].status == .cancelled)
            }
        }
    }

    @Test func noMoreRunThanMayAndPausedNoneBegins() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data, { $0.concurrency = 2 }) { ground, _ in
                let single = [try await ground.submit("single"), try await ground.submit("single")]
                let other = try await ground.submit("waits")
                _ = try await ground.wait(for: other) { $0.status == .running }
                #expect(await Set(ground.engine.line().running) == [single[0], other])
                try await ground.engine.setPaused(true)
                _ = try await ground.engine.cancel(other, by: nil)
                _ = try await ground.engine.cancel(single[0], by: nil)
                _ = try await ground.wait(for: single[0])
                _ = try await ground.wait(for: other)
                #expect(await ground.engine.line().waiting == [single[1]])
                try await ground.engine.setPaused(false)
                _ = try await ground.wait(for: single[1]) { $0.status == .running }
            }
        }
    }

    @Test func theSameRequestIsTheSameTask() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                var request = TaskRequest(workflow: "greet", owner: "anna", idempotencyKey: "k")
                let first = try await ground.engine.submit(request)
                let second = try await ground.engine.submit(request)
                #expect((first.isNew, second.isNew) == (true, false))
                #expect(first.record.id == second.record.id)
                request.requirement = "another"
                let other = request
                await #expect(throws: TaskError.otherRequest(first.record.id)) {
                    try await ground.engine.submit(other)
                }
            }
        }
    }

    @Test func aRequestIsKnownAgainWhenTheLineIsFullAndItsWorkflowGone() async throws {
        try await withWorkflows(Self.workflows) { data in
            let request = TaskRequest(workflow: "greet", idempotencyKey: "k")
            var id: TaskID?
            try await EngineGround.run(in: data, { ($0.concurrency, $0.waiting) = (0, 1) }) { ground, _ in
                id = try await ground.engine.submit(request).record.id
                await #expect(throws: TaskError.tooMany(limit: 1)) {
                    try await ground.engine.submit(TaskRequest(workflow: "greet"))
                }
                let again = try await ground.engine.submit(request)
                #expect(again.record.id == id && !again.isNew)
            }
            unsafe unlink("\(data)/workflows/greet.yaml")
            try await EngineGround.run(in: data) { ground, _ in
                let again = try await ground.engine.submit(request)
                #expect(again.record.id == id && !again.isNew)
            }
        }
    }

    @Test func aPhaseThatTakesInputGetsWhatIsSent() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let id = try await ground.submit("asks")
                _ = try await ground.wait(for: id) { $0.phases[0].status == .running }
                while (try? await ground.engine.send("hello", to: id, phase: nil)) == nil {
                    await Task.yield()
                }
                let task = try await ground.wait(for: id)
                #expect(task.status == .succeeded)
                #expect(try await ground.said(id).contains { $0.contains("got hello") })
            }
        }
    }

    @Test func aRestartFindsEveryTaskInADefiniteState() async throws {
        try await withWorkflows(Self.workflows) { data in
            var ids: [TaskID] = []
            try await EngineGround.run(in: data, { $0.concurrency = 2 }) { ground, recovery in
                #expect(recovery.isEmpty)
                for workflow in ["waits", "again", "waits", "greet"] {
                    ids.append(try await ground.submit(workflow))
                }
                for id in ids[..<2] { _ = try await ground.wait(for: id) { $0.status == .running } }
                try await ground.engine.move(ids[3], before: ids[2])
                try await ground.engine.setPaused(true)
            }
            try await EngineGround.run(in: data) { ground, recovery in
                #expect(recovery.waiting == 3)
                let first = try await ground.engine.record(ids[0])
                #expect((first.status, first.reason) == (.failed, .interrupted))
                #expect(try await ground.statuses(ids[0]) == ["PENDING", "RUNNING", "FAILED"])
                #expect(try await ground.statuses(ids[1]) == ["PENDING", "RUNNING", "PENDING"])
                let line = await ground.engine.line()
                #expect(line.isPaused)
                #expect(line.waiting == [ids[1], ids[3], ids[2]])
                try await ground.engine.setPaused(false)
                #expect(try await ground.wait(for: ids[3]).status == .succeeded)
            }
        }
    }

    @Test func whatIsWrongWithARequestIsSaid() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(
                in: data,
                {
                    $0.waiting = 1; $0.concurrency = 1
                }
            ) { ground, _ in
                func refusal(_ change: (inout TaskRequest) -> Void) async -> String {
                    var request = TaskRequest(workflow: "greet")
                    change(&request)
                    do throws(TaskError) {
                        _ = try await ground.engine.submit(request)
                        return ""
                    } catch {
                        return error.sentence
                    }
                }
                #expect(
                    await refusal { $0.workflow = "gret" }.hasPrefix(
                        "There is no workflow \"gret\"; there are"))
                #expect(await refusal { $0.inputs = ["nam": .text("x")] }.contains("did you mean `name`"))
                #expect(
                    await refusal { $0.maxDuration = 0 }.hasPrefix("max_duration is 0.0; it must be from 1"))
                #expect(await refusal { $0.priority = 101 } == "The priority must be from -100 to 100.")
                #expect(await refusal { $0.requirement = "a\0" } == "The requirement has a NUL in it.")
                let first = try await ground.submit("waits")
                _ = try await ground.wait(for: first) { $0.status == .running }
                _ = try await ground.submit("waits")
                #expect(await refusal { _ in }.hasPrefix("1 tasks wait already"))
            }
        }
    }

    @Test func aTaskThatIsOverIsDeletedWithAllThatItLeft() async throws {
        try await withWorkflows(Self.workflows) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let running = try await ground.submit("waits")
                await #expect(throws: TaskError.notNow("The task \(running) is not over; cancel it first.")) {
                    try await ground.engine.delete(running)
                }
                let task = try await ground.wait(for: ground.submit("greet"))
                try await ground.engine.delete(task.id)
                await #expect(throws: TaskError.noTask(task.id)) { try await ground.engine.record(task.id) }
                await #expect(throws: TaskError.noTask(task.id)) { try await ground.engine.delete(task.id) }
            }
        }
    }

    @Test func aTaskGoesOnFromTheFailedPhaseInTheSameFolder() async throws {
        let workflow = """
            phases:
              make: {run: 'echo made >> made; echo "n=$(wc -l < made)" >> "$HOLDFAST_OUTPUT"'}
              side: {run: 'echo side >> side'}
              use: {needs: make, run: '[ -e ready ] || { touch ready; exit 1; }; cat made'}
              last: {needs: use, run: 'echo "${N}"', env: {N: '${{ phases.make.outputs.n }}'}}
            """
        try await withWorkflows(["w": workflow]) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let old = try await ground.wait(for: ground.submit("w"))
                #expect(old.phases.map(\.status) == [.succeeded, .succeeded, .failed, .skipped])
                await #expect(throws: TaskError.self) {
                    try await ground.engine.retry(old.id, from: "nix", by: "anna")
                }
                let new = try await ground.engine.retry(old.id, from: "use", by: "anna")
                #expect(new.retryOf == old.id)
                let task = try await ground.wait(for: new.id)
                #expect(task.status == .succeeded)
                let said = try await ground.said(new.id)
                #expect(said.contains { $0.contains(#""phase":"use","text":"made""#) })
                #expect(said.contains { $0.contains(#""phase":"last","text":"1""#) })
                #expect(!said.contains { $0.contains(#""phase":"make","text""#) })
                // It was taken, so it is there no more.
                await #expect(throws: TaskError.self) {
                    try await ground.engine.retry(old.id, from: "use", by: "anna")
                }
            }
        }
    }

    /// Also where the task ends in that moment, and whatever figures a phase names.
    @Test func whatPhasesSayLastIsStoredToo() async throws {
        let workflow = """
            phases:
              a: {run: 'echo ''{"a":1}'' > "$HOLDFAST_STATE"; echo "::usage tokens=1e308::"; exit 1'}
              b: {run: 'echo ''{"b":2}'' > "$HOLDFAST_STATE"; echo "::usage tokens=5::"; exit 1'}
            """
        try await withWorkflows(["w": workflow]) { data in
            try await EngineGround.run(in: data) { ground, _ in
                let task = try await ground.wait(for: ground.submit("w"))
                #expect(task.status == .failed)
                #expect(task.usage == ["tokens": 5])
                let state = try await ground.engine.stateDocument(task.id)
                #expect([#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#].contains(state))
            }
        }
    }
}
