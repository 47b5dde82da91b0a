/// What each of many messages costs, and whether that is as little as was promised.
struct Finding {
    let what: String
    /// For all `messages` together.
    let counts: Counts
    let messages: Int
    /// How often something came to a peer, where it is promised that this allocates nothing and takes one send,
    /// however many messages it was.
    let bursts: Int?

    /// Fewer sends than that would mean that some were not counted.
    var isGood: Bool { bursts.map { counts.allocations <= 0 && counts.sends == $0 } ?? true }

    static let header = row(
        "per message", ["allocations", "sends", "receives", "epoll_wait", "epoll_ctl", "all calls"])

    var line: String {
        let calls = counts.sends + counts.receives + counts.waits + counts.changes
        let figures = [
            counts.allocations, counts.sends, counts.receives, counts.waits, counts.changes, calls,
        ]
        return Self.row(what, figures.map(perMessage)) + (isGood ? "" : "  NOT AS PROMISED")
    }

    private func perMessage(_ count: Int) -> String {
        let tenThousandths = (Double(count) / Double(messages) * 10_000).rounded()
        return "\(tenThousandths / 10_000)"
    }

    private static func row(_ what: String, _ figures: [String]) -> String {
        func space(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count))
        }
        return what + space(what, 30) + figures.map { space($0, 12) + $0 }.joined()
    }
}
