import Loop

extension Timestamp {
    /// The moment that is `span` from now.
    static func after(_ span: Duration) -> Timestamp {
        Timestamp(milliseconds: Timestamp.now.milliseconds + span.milliseconds)
    }
}
