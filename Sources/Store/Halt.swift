import Synchronization

/// Raised once, when the store stops without waiting any longer for what still runs.
final class Halt: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }
}
