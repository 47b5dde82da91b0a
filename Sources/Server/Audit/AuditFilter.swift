import Loop

/// Which entries of the audit trail are meant; what is nil does not matter.
struct AuditFilter: Sendable {
    var account: String?
    var event: String?
    var kind: String?
    var session: String?
    var from: Timestamp?
    /// Up to this time, which is not among them.
    var to: Timestamp?
}
