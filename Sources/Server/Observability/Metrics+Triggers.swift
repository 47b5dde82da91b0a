import Workflows

/// What comes from outside and goes there without anybody asking.
extension Metrics {
    /// - Parameter targets: nil where the store did not say.
    mutating func add(_ figures: TriggerFigures, _ targets: [NotificationTargetStatus]?) {
        counter(
            "webhook_deliveries_total",
            "Deliveries received since the start, by source and outcome; repeated ones came before.",
            Self.rows(figures.deliveries, "source"))
        counter(
            "schedule_firings_total",
            "Times at which a schedule was due since the start, by whether its task was begun or refused.",
            Self.rows(figures.firings, "schedule"))
        counter(
            "schedule_misses_total",
            "Times a schedule went on behind times that had passed without a task, since the start.",
            figures.misses.sorted { $0.key < $1.key }.map { ([("schedule", $0.key)], Double($0.value)) })
        guard let targets else { return }
        func each(_ value: (NotificationTargetStatus) -> Int) -> [Sample] {
            targets.map { ([("target", $0.name)], Double(value($0))) }
        }
        gauge("notifications_waiting", "Notifications in the outbox, by target.", each(\.waiting))
        counter("notifications_sent_total", "Notifications that were delivered.", each(\.delivered))
        counter("notifications_retried_total", "Attempts in vain that are made again.", each(\.retried))
        counter(
            "notifications_given_up_total",
            "Notifications that are not sent any more; crowded_out: newer ones came, and too many waited.",
            targets.flatMap { target -> [Sample] in
                let crowdedOut = target.crowdedOut
                return [("refused", target.givenUp - crowdedOut), ("crowded_out", crowdedOut)].map {
                    why, count in
                    ([("target", target.name), ("reason", why)], Double(count))
                }
            })
    }

    private static func rows(_ counts: [TriggerFigures.Row: Int], _ label: String) -> [Sample] {
        let sorted = counts.sorted { ($0.key.name, $0.key.outcome) < ($1.key.name, $1.key.outcome) }
        return sorted.map { row, count in
            ([(label, row.name), ("outcome", row.outcome)], Double(count))
        }
    }
}
