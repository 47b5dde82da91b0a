import Glibc
import TestKit
import Testing
import Workflows

@Suite struct WorkflowExampleTests {
    private let place: TemporaryFolder

    init() throws { place = try TemporaryFolder() }

    @Test func theExamplesAreInstalledOnceAndWithoutMistakes() throws {
        let path = place.file("workflows")
        #expect(try WorkflowFolder.installExamples(in: path))
        let folder = WorkflowFolder(path)
        folder.reload()
        #expect(folder.problems == [])
        #expect(folder.all.map(\.name) == ["agent", "build-and-test", "hello"])
        #expect(unsafe unlink("\(path)/hello.yaml") == 0)
        #expect(try !WorkflowFolder.installExamples(in: path))
        folder.reload()
        #expect(folder.all.map(\.name) == ["agent", "build-and-test"])
    }

    @Test func helloHasTwoPhasesAtTheSameTime() throws {
        let phases = try workflow("hello").phases
        #expect(phases.map(\.needs) == [[], [], ["greet", "count"]])
    }

    @Test func helloGreets() throws {
        let workflow = try workflow("hello")
        let said = try run(workflow, ["HOLDFAST_INPUT_NAME": "Ada'; exit 3; '", "LENGTH": "3", "STARS": "5"])
        #expect(said.contains("Hello, Ada'; exit 3; '!"))
        #expect(said.contains("::progress percent=100::5 of 5 stars"))
        #expect(said.hasSuffix("Goodbye, Ada'; exit 3; '.\n"))
    }

    @Test func aProgramIsBuiltAndTested() throws {
        let workflow = try workflow("build-and-test")
        let said = try run(workflow, ["HOLDFAST_INPUT_LEVEL": "1"])
        #expect(said.hasSuffix("::progress percent=100::three of three\n"), "\(said)")
        #expect(unsafe access(place.file("sum"), X_OK) == 0)
    }

    @Test func aMissingCompilerIsNamed() throws {
        let workflow = try workflow("build-and-test")
        let said = try run(
            workflow, ["PATH": place.path, "HOLDFAST_INPUT_LEVEL": "1"], phase: "build", status: 1)
        #expect(said.hasPrefix("::error::There is no C compiler"))
    }

    @Test func theAgentWorksOutOfTheBoxAndThenRunsTheOneThatIsSet() throws {
        let workflow = try workflow("agent")
        let said = try run(workflow, ["HOLDFAST_REQUIREMENT": "Mend $(false) it"])
        #expect(said.contains("Asked: Mend $(false) it"))
        #expect(said.contains("::usage tokens=480 cost=0.0016::"))
        #expect(try place.contents(of: "state").contains("\"plan\""))
        let agent = #"echo "did: $HOLDFAST_REQUIREMENT""#
        #expect(
            try run(workflow, ["HOLDFAST_REQUIREMENT": "it", "HOLDFAST_AGENT": agent]) == "did: it\n")
    }

    @Test func everyFileInTheDocumentationIsOne() throws {
        let root = #filePath.text(before: "/Tests/Workflows/")
        let page = try TemporaryFolder.contents(ofFile: "\(root)/docs/workflows.md")
        let blocks = page.split(separator: "```yaml\n").dropFirst().map { $0.text(before: "```") }
        #expect(blocks.count == 3)
        for block in blocks {
            let text = block.contains("phases:") ? block : block + "phases: {a: {run: x}}\n"
            #expect(readWorkflow(text).mistakes == [])
        }
    }

    private func workflow(_ name: String) throws -> Workflow {
        let example = try #require(WorkflowExample.all.first { $0.name == name })
        return try #require(readWorkflow(example.text, name: name).workflow)
    }

    /// Runs the scripts of all phases, or of one, in their order and a folder, as a person at a shell would.
    private func run(
        _ workflow: Workflow, _ environment: [String: String], phase only: String? = nil, status: CInt = 0
    ) throws -> String {
        var said = ""
        for phase in workflow.phases where only == nil || phase.name == only {
            guard case .script(let script) = phase.command else { continue }
            try place.write(script, to: "script")
            let all = ["HOLDFAST_OUTPUT": place.file("output"), "HOLDFAST_STATE": place.file("state")]
                .merging(environment) { $1 }
            let variables = all.map { "\($0)=\(quoted($1))" }.joined(separator: " ")
            let line = "cd \(place.path) && exec timeout 30 env \(variables) /bin/sh -e script 2>&1"
            let result = try TemporaryFolder.said(by: line)
            #expect(result.status == status << 8)
            said += result.text
        }
        return said
    }

    private func quoted(_ text: String) -> String {
        "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
    }
}

extension StringProtocol where SubSequence == Substring {
    /// What stands before the first `mark`.
    fileprivate func text(before mark: String) -> String {
        String(split(separator: mark, maxSplits: 1, omittingEmptySubsequences: false)[0])
    }
}
