/// A process that is no child of ours, told from every later one with its number by when it started.
package struct KnownProcess: Sendable {
    private let record: ProcessRecord

    /// The one that has this number now; nil where none has.
    package init?(_ pid: CInt) {
        guard let record = ProcessRecord(reading: pid), !record.isZombie else { return nil }
        self.record = record
    }

    var id: ProcessRecord.ID { record.id }

    /// True when it was there to be signalled.
    @discardableResult
    package func signal(_ number: CInt) -> Bool { record.signal(number) }

    /// Whether somebody has stopped it, so that it does nothing.
    package var isStopped: Bool {
        guard let now = ProcessRecord(reading: record.pid), now.id == id else { return false }
        return now.isStopped
    }
}
