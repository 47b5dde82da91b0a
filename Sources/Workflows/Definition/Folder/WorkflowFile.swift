import Configuration

/// One file of the folder: what it last said that could be understood, and what is wrong with it now.
package struct WorkflowFile {
    package let path: String
    private var stamp: FileStamp?
    package private(set) var workflow: Workflow?
    /// The text that made it.
    private(set) var source: WorkflowSource?
    package private(set) var problems: [WorkflowProblem] = []

    package init(_ path: String) { self.path = path }

    /// With what it said in a life of the server before, as far as that is still understood.
    init(_ path: String, lastGood source: WorkflowSource) {
        self.init(path)
        let read = Workflow.read(source.text, file: path, name: Self.name(of: path), noting: Mistakes())
        guard let read else { return }
        workflow = read
        self.source = source
    }

    /// Reads it if it has changed. It blocks.
    package mutating func look() {
        let stamp = FileStamp(of: path)
        if let stamp, let before = self.stamp, stamp.proves(unchangedSince: before) { return }
        self.stamp = stamp
        let mistakes = Mistakes()
        do throws(ConfigurationError) {
            let file = try ConfigurationFile(reading: path)
            let read = Workflow.read(file.bytes, file: path, name: Self.name(of: path), noting: mistakes)
            if let read {
                workflow = read
                source = WorkflowSource(file.bytes)
            }
            problems = mistakes.inOrder.map { WorkflowProblem($0, file: path) }
        } catch {
            let reason = if case .unreadable(_, let reason) = error { reason } else { "\(error)" }
            // What keeps it from being read may pass without a trace on the file.
            self.stamp = nil
            problems = [WorkflowProblem(file: path, sentence: "cannot be read: \(reason)")]
        }
    }

    static func isWorkflow(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    /// `build` for `workflows/build.yaml`.
    private static func name(of path: String) -> String {
        let file = path.split(separator: "/").last ?? ""
        return String(file[..<(file.lastIndex(of: ".") ?? file.endIndex)])
    }
}
