/// Which program this is.
package struct BuildInfo: Sendable {
    package let version: String
    /// The commit it was built from, where that is known.
    package let commit: String?

    package init(version: String, commit: String? = nil) {
        self.version = version
        self.commit = commit
    }
}
