import Testing
import Workflows

@Suite struct TaskPathTests {
    @Test(arguments: [
        ("a", "a"), ("a/b/../c", "a/c"), ("./a//b/", "a/b"), (".", "."), ("a/..", "."),
        ("..a/...", "..a/..."),
        ("out/**/*.txt", "out/**/*.txt"),
    ])
    func aPathBelowTheFolderIsTaken(text: String, result: String) throws {
        #expect(try TaskPath(relative: text).text == result)
    }

    @Test(arguments: [
        ("", TaskPathError.empty), ("/etc", .absolute), ("..", .leavesTheFolder),
        ("a/../../b", .leavesTheFolder),
        ("a\0b", .holdsNull), (String(repeating: "a", count: 4096), .tooLong), ("./../a", .leavesTheFolder),
    ])
    func aPathThatLeadsOutIsRefused(text: String, error: TaskPathError) {
        #expect(throws: error) { try TaskPath(relative: text) }
    }

    @Test(arguments: ["..", "/etc", "a/../..", "a\0", "../x"])
    func aValueThatIsPutInCannotLeadOut(value: String) throws {
        let context = ExpressionContext(values: ["inputs.x": .text(value)])
        for (folder, artifact) in [
            ("${{ inputs.x }}", "${{ inputs.x }}"), ("/srv/${{ inputs.x }}", "${{ inputs.x }}/../a"),
        ] {
            let phase = try phase(folder, artifact)
            if value == "/etc", folder.hasPrefix("/srv") {
                #expect(try phase.workingDirectory(in: context, below: "/t") == "/srv//etc")
            } else {
                #expect(throws: TaskPathError.self) { try phase.workingDirectory(in: context, below: "/t") }
            }
        }
        #expect(throws: TaskPathError.self) { try phase("a", "${{ inputs.x }}").artifacts(in: context) }
    }

    @Test func whereNoFolderIsSaidItIsTheTasks() throws {
        #expect(try phase(nil, "a").workingDirectory(in: ExpressionContext(), below: "/t") == "/t")
        #expect(try phase("b/.", "a").workingDirectory(in: ExpressionContext(), below: "/t") == "/t/b")
    }

    private func phase(_ folder: String?, _ artifact: String) throws -> Phase {
        let line = folder.map { "working_directory: \"\($0)\", " } ?? ""
        let (workflow, mistakes) = readWorkflow(
            "inputs: {x: }\nphases: {a: {run: y, \(line)artifacts: \"\(artifact)\"}}\n")
        return try #require(workflow?.phases.first, "\(mistakes)")
    }
}
