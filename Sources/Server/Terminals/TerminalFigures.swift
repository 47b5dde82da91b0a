import Synchronization
import Terminals

/// What went over the WebSockets of terminals since the start.
final class TerminalFigures: Sendable {
    /// Bytes that terminals said, each counted for everybody who got it.
    let sent = Atomic<Int>(0)
    let typed = Atomic<Int>(0)
}

extension Metrics {
    mutating func add(_ terminals: [TerminalInfo], _ figures: TerminalFigures) {
        gauge(
            "terminals", "Terminals, by how they stand; those that are over are remembered for a while.",
            TerminalInfo.State.allCases.map { state in
                ([("state", state.rawValue)], Double(terminals.count { $0.state == state }))
            })
        gauge(
            "terminal_attachments", "WebSockets that are attached to terminals.",
            [
                ([("kind", "writer")], Double(terminals.reduce(0) { $0 + $1.writers })),
                ([("kind", "viewer")], Double(terminals.reduce(0) { $0 + $1.viewers })),
            ])
        counter(
            "terminal_output_bytes_total", "Bytes of terminals that went to who was attached.",
            figures.sent.load(ordering: .relaxed))
        counter(
            "terminal_input_bytes_total", "Bytes that were typed into terminals.",
            figures.typed.load(ordering: .relaxed))
    }
}

extension MetricsSources {
    static func terminals(_ terminals: Terminals, _ figures: TerminalFigures, on loops: LoopHealth)
        -> Route.MetricsSource
    {
        { metrics, _ in
            // A loop that is held up must not hold up the scrape.
            guard loops.troubles().isEmpty else { return }
            metrics.add(await terminals.list(), figures)
        }
    }
}
