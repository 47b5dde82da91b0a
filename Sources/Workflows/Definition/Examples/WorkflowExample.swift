/// A workflow that comes with Holdfast.
package struct WorkflowExample: Sendable {
    /// Its file is called after it.
    package let name: String
    package let text: String

    package static let all = [hello, buildAndTest, agent]
}
