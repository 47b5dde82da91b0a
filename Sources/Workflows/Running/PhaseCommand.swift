package import Loop

/// What one attempt at a phase is: a program with all that it needs, and how long it may take.
package struct PhaseCommand: Sendable {
    package var program: String
    package var arguments: [String]
    package var environment: [String: String]
    package var directory: String
    package var limits: [ProcessSpec.Limit] = []
    /// How long it may run; then it is stopped.
    package var timeout: Duration
    package var ladder = StopLadder.standard
    /// Whether its standard input stays open for what people send; else it is empty.
    package var takesInput = false
    /// Whether its processes get a control group of their own, where there can be one.
    package var usesControlGroup = true

    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:],
        directory: String, timeout: Duration
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.timeout = timeout
    }

    /// Lines for `sh -e`.
    package static func script(
        _ lines: String, environment: [String: String] = [:], directory: String, timeout: Duration
    ) -> PhaseCommand {
        PhaseCommand(
            "/bin/sh", ["-e", "-c", lines], environment: environment, directory: directory, timeout: timeout)
    }
}
