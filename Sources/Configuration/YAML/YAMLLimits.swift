/// How large a document may become before it is refused.
package struct YAMLLimits: Sendable {
    package var bytes = 1 << 20
    package var depth = 32
    /// Counted with every alias written out, so that a few lines cannot stand for a billion values.
    package var nodes = 50_000

    /// Lines that begin with `%`. libyaml compares each directive with all before it, so that a megabyte of
    /// them would take minutes.
    package var directives = 64

    package init() {}
}
