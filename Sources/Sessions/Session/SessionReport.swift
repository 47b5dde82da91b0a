/// How a session ended: what its last message, the audit trail and the log say of it.
package struct SessionReport: Sendable {
    package let id: SessionID
    package let kind: SessionKind
    package let owner: SessionOwner?
    /// Nil where the kind is not audited.
    package let peer: String?
    package let ending: Ending
    /// From its opening to its end.
    package let lasted: Duration
    /// What it held when the end began.
    package let givenBack: Holdings
    /// How long giving it back took.
    package let took: Duration
    /// What was still held by somebody who had said that all was given back.
    package let leaked: Holdings
    /// How many outstayed their patience, and may hold something still.
    package let overdue: Int
}
