import Loop

/// An entry of the audit trail as it is told.
struct AuditRecord: Encodable, Sendable {
    let id: Int64
    let at: Timestamp
    let event: String
    let account: String?
    let signIn: String?
    let peer: String?
    let session: String?
    let kind: String?
    let ending: String?
    let lastedMs: Int64?
    let givenBack: String?
    let detail: String?
}
