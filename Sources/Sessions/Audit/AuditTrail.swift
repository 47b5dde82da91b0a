/// Where it is written down who did what. Written from loops: an entry is taken at once, and never waited for.
/// Whoever keeps the trail stamps each entry with the time at which it came, and counts what it had to drop.
package protocol AuditTrail: Sendable {
    func record(_ entry: AuditEntry)
}
