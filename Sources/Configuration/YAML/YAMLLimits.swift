/// How large a document may become before it is refused.
package struct YAMLLimits: Sendable {
    package var bytes = 1 << 20
    package var depth = 32
    /// Counted with every alias written out, so that a few lines cannot stand for a billion values.
    package var nodes = 50_000

    package init() {}
}
