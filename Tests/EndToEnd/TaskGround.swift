import Loop
import TestKit
import Testing

/// A server with workflows that tests run, each of one phase with the workflow's own name.
func withWorkflows(
    _ body: @Sendable (RunningServer, TemporaryFolder, isolated EventLoop) async throws -> Void
) async throws {
    let scripts = [
        "speak": "echo out; echo err >&2; echo ::notice::look; echo \"$HOLDFAST_REQUIREMENT\"",
        "fail": "exit 3",
        "count": "seq 1 500; echo waiting; exec sleep 600",
        "late": "exec sleep 600",
        "wide": "head -c 200000 /dev/zero | tr '\\0' x; echo; echo end",
        "ask": "echo '::progress percent=40::half'; read line; echo \"got $line\"",
    ]
    let more = ["late": "max_duration: 300ms\n"]
    let workflows = try TemporaryFolder()
    for (name, script) in scripts {
        let input = name == "ask" ? "\n    input: true" : ""
        let yaml =
            "\(more[name] ?? "")inputs:\n  level:\n    default: low\n"
            + "phases:\n  \(name):\(input)\n    run: |\n      \(script)\n"
        try write(yaml, to: workflows.file("\(name).yaml"))
    }
    try await withServer(configured: "tasks:\n  workflows: \(workflows.path)\n", body)
}

extension Holdfast {
    /// The task that it says it has submitted, on whichever stream.
    func task(on loop: isolated EventLoop) async throws -> String {
        func id(_ text: String) -> String? {
            guard let found = text.firstRange(of: "the task "),
                text[found.upperBound...].contains(" is submitted")
            else { return nil }
            return String(text[found.upperBound...].prefix(10))
        }
        // A terminal has both streams.
        let stream = error.isOpen ? error : output
        let said = try await stream.read(within: Self.patience, on: loop) { id($0) != nil }
        return try #require(id(said))
    }
}

extension RunningServer {
    /// Waits until `tasks show` says `words` of the task.
    func expect(_ words: String, of task: String, on loop: isolated EventLoop) async throws {
        let deadline = loop.clock.now + Holdfast.patience
        var page = ""
        repeat {
            page = try await run("tasks", "show", task, on: loop).output
            if page.contains(words) { return }
        } while loop.clock.now < deadline
        throw TestFailure("“\(words)” was awaited of \(page)")
    }
}
