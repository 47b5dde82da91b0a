/// A kind of thing that must be given back.
package enum Holding: Int, CaseIterable, Sendable {
    case descriptor, watch, timer, subscription, process, lock, task
    /// In bytes, where the others are numbers.
    case memory

    package var name: String {
        switch self {
        case .descriptor: "descriptors"
        case .watch: "watches"
        case .timer: "timers"
        case .subscription: "subscriptions"
        case .process: "processes"
        case .lock: "locks"
        case .task: "tasks"
        case .memory: "memory_bytes"
        }
    }
}

/// How many of each kind are held.
package struct Holdings: Equatable, Sendable {
    private var counts = SIMD8<Int>()

    package init() {}

    package static let none = Holdings()

    package var isEmpty: Bool { counts == SIMD8<Int>() }

    package subscript(kind: Holding) -> Int {
        get { counts[kind.rawValue] }
        set { counts[kind.rawValue] = newValue }
    }

    package static func + (left: Holdings, right: Holdings) -> Holdings {
        var sum = left
        sum.counts &+= right.counts
        return sum
    }

    package static func += (left: inout Holdings, right: Holdings) { left.counts &+= right.counts }
}

extension Holdings: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (Holding, Int)...) {
        for (kind, count) in elements { self[kind] += count }
    }
}

extension Holdings: CustomStringConvertible {
    /// As `descriptors=1 watches=1`; what is not held is not named.
    package var description: String {
        Holding.allCases.filter { self[$0] != 0 }.map { "\($0.name)=\(self[$0])" }.joined(separator: " ")
    }
}
