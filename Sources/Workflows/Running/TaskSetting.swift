package import Loop

/// What the configuration says about running tasks.
package struct TaskSetting: Sendable {
    package var maxDuration: Duration
    package var maxDurationInTests: Duration
    package var longestDuration: Duration
    package var concurrency: Int
    /// How many may wait.
    package var waiting: Int
    package var ladder: StopLadder
    /// What every phase finds in its environment.
    package var environment: [String: String]
    /// By the names of the variables that carry them.
    package var secrets: [String: String] { didSet { hidden = SecretPatterns(secrets.values) } }
    /// What nobody shall read.
    private(set) var hidden: SecretPatterns
    /// What one task may keep, in bytes.
    package var artifactBytes: Int
    /// How long what the phases of a task left is kept that did not succeed, for a retry from one of them.
    package var keepWork: Duration
    /// Where tasks have their folders.
    package var folder: String

    package init(
        maxDuration: Duration = .seconds(600), maxDurationInTests: Duration = .seconds(120),
        longestDuration: Duration = .seconds(86_400), concurrency: Int = 4, waiting: Int = 10_000,
        ladder: StopLadder = .standard, environment: [String: String] = [:], secrets: [String: String] = [:],
        artifactBytes: Int = 1 << 30, keepWork: Duration = .seconds(86_400), folder: String
    ) {
        self.maxDuration = maxDuration
        self.maxDurationInTests = maxDurationInTests
        self.longestDuration = longestDuration
        self.concurrency = concurrency
        self.waiting = waiting
        self.ladder = ladder
        self.environment = environment
        self.secrets = secrets
        hidden = SecretPatterns(secrets.values)
        self.artifactBytes = artifactBytes
        self.keepWork = keepWork
        self.folder = folder
    }

    /// The longest that ending the phases of a task may take.
    var patience: Duration {
        ladder.afterRequest + ladder.afterTerminate + ladder.killing + .seconds(30)
    }

    /// How long a task may take: what it asks for, else its workflow, else this; in test mode never longer than tests may.
    func duration(of request: TaskRequest, _ workflow: Workflow) throws(TaskError) -> Double {
        if let asked = request.maxDuration {
            guard asked.isFinite, asked >= 1, asked <= longestDuration.seconds else {
                throw .badRequest(
                    "max_duration is \(asked); it must be from 1 to \(Int(longestDuration.seconds)) seconds.")
            }
            return asked
        }
        if request.testMode { return maxDurationInTests.seconds }
        return min(workflow.maxDuration ?? maxDuration, longestDuration).seconds
    }
}

extension Duration {
    var seconds: Double { self / .seconds(1) }
}
