import Configuration
import Server
import Wire

/// Lists what a server can run.
struct WorkflowsList: Action {
    static let name = "workflows"
    static let summary = "List the workflows, and what is wrong with them"
    static let details = """
        An input without a default is marked by `!`. A workflow whose file has mistakes stays as it was last without \
        them, and is marked by `*`; the mistakes are on standard error.
        """

    private let isJSON: Bool
    private let server: ServerOptions

    init(_ arguments: ArgumentReader) {
        isJSON = arguments.json()
        server = ServerOptions(arguments)
    }

    private struct List: Decodable {
        let workflows: [Workflow]
        let problems: [Problem]
    }

    private struct Workflow: Decodable {
        let name: String
        let title: String
        let inputs: [Input]
        let phases: [Phase]
        let isCurrent: Bool

        var row: [String] {
            let words = inputs.map { $0.isRequired ? $0.name + "!" : $0.name }
            return [
                isCurrent ? name : name + "*", words.isEmpty ? "-" : words.joined(separator: " "),
                phases.map(\.name).joined(separator: " "), title.onOneLine,
            ]
        }
    }

    private struct Input: Decodable {
        let name: String
        let isRequired: Bool
    }

    private struct Phase: Decodable { let name: String }

    private struct Problem: Decodable {
        let file: String
        let line: Int?
        let key: String
        let sentence: String

        var text: String {
            file + (line.map { ":\($0)" } ?? "") + (key.isEmpty ? ": " : ": \(key): ") + sentence
        }
    }

    func perform() async throws(Failure) -> ExitCode {
        let answer = try await RemoteCall(.get, "/api/v1/workflows").send(to: server.access(as: .viewer))
        guard !isJSON else { return Output.result(String(decoding: answer, as: UTF8.self) + "\n") }
        let list: List = try RemoteAnswer.read(from: answer)
        var table = Table("NAME", "INPUTS", "PHASES", "TITLE")
        for workflow in list.workflows { table.add(workflow.row) }
        let code = Output.result(table.text)
        Output.list(list.problems.map(\.text))
        return code
    }
}
