/// What a folder of workflows held when it was last looked at.
package struct WorkflowSnapshot: Equatable, Sendable {
    package struct Entry: Equatable, Sendable {
        package let workflow: Workflow
        /// The text that made it.
        package let source: WorkflowSource
        /// The path of its file.
        package let file: String
        /// False where the file now has mistakes, and this is its last good version.
        package let isCurrent: Bool
    }

    /// By name.
    package var entries: [Entry] = []
    /// By file, then from top to bottom.
    package var problems: [WorkflowProblem] = []

    /// What is left to the next life of each file that there is, by path, also of those whose name another file has.
    package var files: [String: KeptFile] = [:]

    /// Whether a workflow is in force in spite of `problem`: the last good version of its file.
    package func endures(_ problem: WorkflowProblem) -> Bool {
        entries.contains { $0.file == problem.file && !$0.isCurrent }
    }

    package func entry(named name: String) -> Entry? { entries.first { $0.workflow.name == name } }

    /// What has become different since `older`.
    package func changes(since older: WorkflowSnapshot) -> WorkflowChanges {
        let before = Dictionary(uniqueKeysWithValues: older.entries.map { ($0.workflow.name, $0) })
        let names = Set(entries.map(\.workflow.name))
        return WorkflowChanges(
            added: entries.map(\.workflow.name).filter { before[$0] == nil },
            changed: entries.filter { entry in
                before[entry.workflow.name].map { $0.workflow != entry.workflow } ?? false
            }.map(\.workflow.name),
            removed: older.entries.map(\.workflow.name).filter { !names.contains($0) },
            problems: problems.filter { !older.problems.contains($0) },
            solved: older.problems.filter { !problems.contains($0) })
    }
}

/// What one look at the folder found to be different, for the log and the feed.
package struct WorkflowChanges: Equatable, Sendable {
    /// Names of workflows.
    package var added: [String]
    package var changed: [String]
    package var removed: [String]
    /// Those that were not there before.
    package var problems: [WorkflowProblem]
    /// Those that are no more.
    package var solved: [WorkflowProblem]

    package init(
        added: [String] = [], changed: [String] = [], removed: [String] = [],
        problems: [WorkflowProblem] = [], solved: [WorkflowProblem] = []
    ) {
        self.added = added
        self.changed = changed
        self.removed = removed
        self.problems = problems
        self.solved = solved
    }

    package var isEmpty: Bool { self == WorkflowChanges() }
}
