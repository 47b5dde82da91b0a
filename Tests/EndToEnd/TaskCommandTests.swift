import Loop
import TestKit
import Testing

@Suite struct TaskCommandTests {
    private static func submit(
        _ words: String..., to server: RunningServer, on loop: isolated EventLoop
    ) async throws -> String {
        let run = try await Holdfast.start(
            ["run", "--detach"] + words + server.flags, in: server.folder, on: loop
        ).finish(on: loop)
        #expect(run.status == 0, "\(run.error)")
        return String(run.output.dropLast())
    }

    /// The ids that a table lists, in its order.
    private static func ids(in table: String, column: Int) -> [String] {
        table.split(separator: "\n").dropFirst().map { String($0.split(separator: " ")[column]) }
    }

    @Test func tasksAreListedByWhatIsAskedFor() async throws {
        try await withWorkflows { server, _, loop in
            let good = try await Self.submit("speak", "--title", "a & b", to: server, on: loop)
            let bad = try await Self.submit("fail", to: server, on: loop)
            try await server.expect("SUCCEEDED", of: good, on: loop)
            try await server.expect("FAILED", of: bad, on: loop)
            let all = try await server.run("tasks", on: loop)
            #expect(Self.ids(in: all.output, column: 0) == [bad, good])
            for (flag, value, id) in [
                ("--status", "failed", bad), ("--workflow", "speak", good), ("--text", "a & b", good),
            ] {
                let some = try await server.run("tasks", flag, value, on: loop)
                #expect(Self.ids(in: some.output, column: 0) == [id], "\(flag)")
            }
            let page = try await server.run("tasks", "--limit", "1", on: loop)
            #expect(Self.ids(in: page.output, column: 0) == [bad])
            let words = page.error.split(separator: " ")
            let cursor = try #require(words.firstIndex(of: "--cursor").map { String(words[$0 + 1]) })
            let rest = try await server.run("tasks", "--limit", "1", "--cursor", cursor, on: loop)
            #expect(Self.ids(in: rest.output, column: 0) == [good])
        }
    }

    @Test func aTaskIsDoneAgainReadAndTakenAway() async throws {
        try await withWorkflows { server, _, loop in
            let first = try await Self.submit("speak", "--requirement", "again", to: server, on: loop)
            try await server.expect("SUCCEEDED", of: first, on: loop)
            let again = try await server.run("tasks", "retry", first, "--follow", on: loop)
            #expect(again.status == 0)
            #expect(again.output == "out\nagain\n")
            let log = try await server.run("tasks", "log", first, on: loop)
            #expect(log.status == 0)
            #expect(log.output.contains(" speak: again\n"), "\(log.output)")
            #expect(try await server.run("tasks", "delete", first, on: loop).status == 0)
            for words in [["show"], ["log"], ["retry"], ["cancel"], ["delete"]] {
                let gone = try await server.run("tasks", words[0], first, on: loop)
                #expect(gone.status == 66, "\(words): \(gone.error)")
                #expect(gone.error == "holdfast: There is no task \(first).\n")
            }
        }
    }

    @Test func theLineIsHeldMovedAndLetGo() async throws {
        try await withWorkflows { server, _, loop in
            let paused = try await server.run("queue", "pause", on: loop)
            #expect(paused.error.contains("holdfast queue resume"))
            let first = try await Self.submit("speak", to: server, on: loop)
            let second = try await Self.submit("speak", to: server, on: loop)
            let line = try await server.run("queue", on: loop)
            #expect(Self.ids(in: line.output, column: 1) == [first, second])
            let moved = try await server.run("queue", "move", second, "--before", first, on: loop)
            #expect(Self.ids(in: moved.output, column: 1) == [second, first])
            let back = try await server.run("queue", "move", second, on: loop)
            #expect(Self.ids(in: back.output, column: 1) == [first, second])
            let resumed = try await server.run("queue", "resume", on: loop)
            #expect(resumed.error == "")
            try await server.expect("SUCCEEDED", of: first, on: loop)
            try await server.expect("SUCCEEDED", of: second, on: loop)
        }
    }

    @Test func workflowsAreListedWithTheirMistakes() async throws {
        let workflows = try TemporaryFolder()
        try write("phases:\n  a:\n    run: exit\n", to: workflows.file("good.yaml"))
        try write("phases:\n  a:\n    rum: exit\n", to: workflows.file("bad.yaml"))
        try await withServer(configured: "tasks:\n  workflows: \(workflows.path)\n") { server, _, loop in
            let list = try await server.run("workflows", on: loop)
            #expect(list.status == 0)
            #expect(Self.ids(in: list.output, column: 0) == ["good"])
            #expect(list.error.contains("bad.yaml:3: phases.a.rum: "), "\(list.error)")
        }
    }

    @Test func everyMistakeInWorkflowsIsNamedWithoutAServer() async throws {
        let folder = try TemporaryFolder()
        try write("phases:\n  a:\n    rum: exit\n    needs: [b]\n", to: folder.file("bad.yaml"))
        try write("phases:\n  a:\n    run: exit\n", to: folder.file("good.yaml"))
        let bad = try await Holdfast.run("workflows", "check", "bad.yaml", "good.yaml", "no.yaml", in: folder)
        #expect(bad.status == 78)
        #expect(bad.output == "")
        let lines = bad.error.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("bad.yaml:3: phases.a.rum: ") }, "\(bad.error)")
        #expect(lines.contains { $0.hasPrefix("bad.yaml:4: phases.a.needs") }, "\(bad.error)")
        #expect(lines.contains { $0.hasPrefix("no.yaml: cannot be read: ") }, "\(bad.error)")
        let good = try await Holdfast.run("workflows", "check", "good.yaml", in: folder)
        #expect(good.status == 0)
        #expect(good.output == "good.yaml: no mistakes\n")
        let all = try await Holdfast.run(
            "workflows", "check", "--tasks.workflows", folder.path, in: folder)
        #expect(all.status == 78)
        #expect(all.error.contains("/bad.yaml:3: phases.a.rum: "), "\(all.error)")
    }
}
