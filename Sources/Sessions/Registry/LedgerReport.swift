/// Something was not given back as it should be: an error of the program, for its log.
package struct LedgerReport: Sendable {
    package enum Fault: Sendable {
        /// Said to be given back, and still held.
        case leaked(Holdings)
        /// Still held when the patience for it was over.
        case overdue(Holdings, after: Duration)
    }

    package let session: SessionID
    package let kind: SessionKind
    package let account: String?
    /// The type that holds it.
    package let holder: String?
    package let fault: Fault

    init(_ session: Session, holder: String?, _ fault: Fault) {
        self.session = session.id
        kind = session.kind
        account = session.owner?.account
        self.holder = holder
        self.fault = fault
    }
}
