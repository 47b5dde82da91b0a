import Synchronization

/// What has come to the server and what it began by itself since its start, counted for `/metrics`. Names are those of
/// the configuration only, so that nobody outside makes new rows. Can be used from anywhere.
package final class TriggerFigures: Sendable {
    package struct Row: Hashable, Sendable {
        package let name: String
        package let outcome: String
    }

    private struct Counts {
        var deliveries: [Row: Int] = [:]
        var firings: [Row: Int] = [:]
        var misses: [String: Int] = [:]
    }

    /// A delivery that came before and begins nothing.
    private static let repeated = "repeated"

    private let counts = Mutex(Counts())

    package init() {}

    /// Deliveries, by source and what became of them.
    package var deliveries: [Row: Int] { counts.withLock { $0.deliveries } }
    /// Times at which a schedule was due, by whether its task was `begun` or `refused`.
    package var firings: [Row: Int] { counts.withLock { $0.firings } }
    /// How often a schedule went on behind times that had passed without a task.
    package var misses: [String: Int] { counts.withLock { $0.misses } }

    func received(from source: String, _ outcome: DeliveryOutcome, isReplay: Bool = false) {
        let row = Row(name: source, outcome: isReplay ? Self.repeated : outcome.rawValue)
        counts.withLock { $0.deliveries[row, default: 0] += 1 }
    }

    func fired(_ schedule: String, hasBegun: Bool) {
        let row = Row(name: schedule, outcome: hasBegun ? "begun" : "refused")
        counts.withLock { $0.firings[row, default: 0] += 1 }
    }

    func missed(_ schedule: String) { counts.withLock { $0.misses[schedule, default: 0] += 1 } }
}
