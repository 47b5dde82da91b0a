import Configuration
import Workflows

/// Reads workflows and names every mistake in them at once. It needs no server.
struct WorkflowsCheck: Action {
    static let name = "check"
    static let summary = "Name every mistake in workflows at once"
    static let details = """
        Reads files, or the whole folder that `serve` would read. Each mistake is a line on standard error, \
        `file:line: key: what is wrong`; then the exit status is 78.
        """

    private let files: [String]
    private let settings: SettingFlags

    init(_ arguments: ArgumentReader) {
        files = arguments.arguments(
            "FILE", .path, "The files to check, in place of the folder of the workflows.")
        settings = arguments.settings(showing: ["data", "tasks.workflows"])
    }

    func perform() async throws(Failure) -> ExitCode {
        files.isEmpty ? try checkFolder() : checkFiles()
    }

    private func checkFolder() throws(Failure) -> ExitCode {
        let folder = WorkflowFolder(try settings.read().settings.workflowFolder)
        folder.reload()
        let count = folder.all.count
        return Self.tell(
            folder.problems, fine: "\(folder.path): \(count) workflow\(count == 1 ? "" : "s"), no mistakes")
    }

    private func checkFiles() -> ExitCode {
        var problems: [WorkflowProblem] = []
        for path in files {
            var file = WorkflowFile(path)
            file.look()
            problems += file.problems
        }
        return Self.tell(problems, fine: "\(files.joined(separator: ", ")): no mistakes")
    }

    private static func tell(_ problems: [WorkflowProblem], fine: String) -> ExitCode {
        guard problems.isEmpty else {
            Output.list(problems.map(\.description))
            return .configuration
        }
        return Output.result(fine + "\n")
    }
}
