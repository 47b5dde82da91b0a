import JSONCoding
import Loop
import Workflows

/// How workflows are told.
enum WorkflowMessages {
    struct List: Codable {
        let workflows: [Workflow]
        /// What is wrong in their folder.
        let problems: [Problem]

        init(_ snapshot: WorkflowSnapshot) {
            workflows = snapshot.entries.map(Workflow.init)
            problems = snapshot.problems.map(Problem.init)
        }
    }

    struct Problem: Codable {
        let file: String
        @OrNull var line: Int?
        let key: String
        let sentence: String

        init(_ problem: WorkflowProblem) {
            file = problem.file.split(separator: "/").last.map(String.init) ?? problem.file
            line = problem.line
            key = problem.key
            sentence = problem.sentence
        }
    }

    struct Workflow: Codable {
        let name: String
        let title: String
        let description: String
        let inputs: [Input]
        let phases: [Phase]
        /// In seconds; null: what the configuration says.
        @OrNull var maxDuration: Double?
        @OrNull var concurrency: Int?
        let onInterrupt: String
        /// False where its file now has mistakes, and this is its last good version.
        let isCurrent: Bool

        init(_ entry: WorkflowSnapshot.Entry) {
            let workflow = entry.workflow
            name = workflow.name
            title = workflow.title
            description = workflow.description
            inputs = workflow.inputs.map(Input.init)
            phases = workflow.phases.map { Phase(name: $0.name, title: $0.title, needs: $0.needs) }
            maxDuration = workflow.maxDuration.map { $0 / .seconds(1) }
            concurrency = workflow.concurrency
            onInterrupt = workflow.onInterrupt.rawValue
            isCurrent = entry.isCurrent
        }
    }

    struct Phase: Codable {
        let name: String
        let title: String
        let needs: [String]
    }

    struct Input: Codable {
        let name: String
        let title: String
        let description: String
        let type: String
        let options: [String]
        let isRequired: Bool
        @OrNull var `default`: InputValue?

        init(_ input: WorkflowInput) {
            name = input.name
            title = input.title
            description = input.description
            isRequired = input.isRequired
            `default` = input.standard
            switch input.kind {
            case .text: (type, options) = ("string", [])
            case .number: (type, options) = ("number", [])
            case .flag: (type, options) = ("boolean", [])
            case .choice(let words): (type, options) = ("choice", words)
            }
        }
    }
}

extension TaskMessages.Queue.Waiting {
    init(_ record: TaskRecord) {
        self.init(
            id: record.id, workflow: record.workflow, title: record.title, priority: record.priority,
            owner: record.owner)
    }
}
