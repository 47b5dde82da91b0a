/// What one life of the server leaves to the next of a workflow's file.
package struct KeptFile: Equatable, Sendable {
    /// Its last good text.
    let source: WorkflowSource
    /// Whether it has the name that its text says, or another file has that.
    let hasName: Bool
}
