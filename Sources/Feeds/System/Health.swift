/// How well a part of the machine is.
package enum Health: String, Comparable, Sendable {
    case healthy, degraded, down

    private var rank: Int {
        switch self {
        case .healthy: 0
        case .degraded: 1
        case .down: 2
        }
    }

    package static func < (left: Health, right: Health) -> Bool { left.rank < right.rank }
}

/// One line of the system's status.
package struct ComponentStatus: Sendable {
    /// Letters, digits, `-`, `_` and `.`.
    let name: String
    let health: Health
    /// For people.
    let message: String
    /// Numbers that do not change by mere noise.
    let figures: [(name: StaticString, value: Int)]

    package init(
        name: String, health: Health, message: String, figures: [(name: StaticString, value: Int)]
    ) {
        self.name = name
        self.health = health
        self.message = message
        self.figures = figures
    }
}
