import Synchronization

/// What the configured checks found last, in the order of the configuration. Shared by the checks, which write, and
/// the watch of the system, which reads.
package final class CheckBoard: Sendable {
    private struct State {
        var order: [String] = []
        var verdicts: [String: CheckVerdict] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    /// Shows these, and forgets all others.
    package func arrange(_ names: [String]) {
        state.withLock { state in
            state.order = names
            state.verdicts = state.verdicts.filter { names.contains($0.key) }
        }
    }

    package func forget(_ name: String) { state.withLock { $0.verdicts[name] = nil } }

    package func note(_ name: String, _ verdict: CheckVerdict) {
        state.withLock { $0.verdicts[name] = verdict }
    }

    /// Those that were looked at by now.
    var components: [ComponentStatus] {
        state.withLock { state in
            state.order.compactMap { name in
                state.verdicts[name].map {
                    ComponentStatus(name: name, health: $0.health, message: $0.message, figures: [])
                }
            }
        }
    }
}

/// What a check found: one sentence for people, which stays the same as long as nothing has changed.
package struct CheckVerdict: Equatable, Sendable {
    package let health: Health
    package let message: String

    package init(_ health: Health, _ message: String) {
        self.health = health
        self.message = message
    }
}
