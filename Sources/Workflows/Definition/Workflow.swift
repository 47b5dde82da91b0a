/// A workflow as its file defines it: what to do, in which order, within which bounds. Checked when it is made.
package struct Workflow: Equatable, Sendable {
    /// What a task does that ran when the server ended.
    package enum Interruption: String, CaseIterable, Sendable {
        case fail, retry
    }

    package let name: String
    package var title: String
    package var description: String
    package var inputs: [WorkflowInput]
    /// How long a task of it may take; nil: what the configuration says.
    package var maxDuration: Duration?
    /// How many of its tasks may run at one time; nil: as many as there are.
    package var concurrency: Int?
    package var environment: [String: Template]
    /// The secrets of the configuration that its phases get in their environment, by name.
    package var secrets: [String]
    package var onInterrupt: Interruption
    /// In an order in which each stands behind those that it needs.
    package var phases: [Phase]
}

/// What somebody who starts a task may choose.
package struct WorkflowInput: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case text, number, flag
        case choice([String])
    }

    package let name: String
    package var title: String
    package var description: String
    package var kind: Kind
    package var isRequired: Bool
    package var standard: InputValue?
}

/// One step of a workflow.
package struct Phase: Equatable, Sendable {
    /// What is run.
    package enum Command: Equatable, Sendable {
        /// Lines for `sh -e`.
        case script(String)
        /// A program and what follows its name; no shell.
        case program([Template])
    }

    package struct Retries: Equatable, Sendable {
        /// How often it is tried again.
        package var count: Int
        package var delay: Duration
        /// By which each pause is longer than the one before.
        package var factor: Double
        package var longest: Duration

        package init(count: Int, delay: Duration, factor: Double, longest: Duration) {
            self.count = count
            self.delay = delay
            self.factor = factor
            self.longest = longest
        }
    }

    package let name: String
    package var title: String
    package var command: Command
    package var needs: [String]
    package var condition: Condition?
    package var timeout: Duration?
    package var retries: Retries?
    package var workingDirectory: Template?
    package var environment: [String: Template]
    package var continueOnError: Bool
    /// Paths below the task's folder that are kept; `*`, `?` and `**` stand for names.
    package var artifacts: [Template]
    /// Whether its standard input stays open for what people send.
    package var takesInput: Bool
}
