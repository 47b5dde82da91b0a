/// What happened since the start, for `/metrics`.
package struct SessionTotals: Equatable, Sendable {
    private static let reasons = EndingReason.allCases.count

    private var openedByKind = [Int](repeating: 0, count: SessionKind.allCases.count)
    private var closedByKindAndReason = [Int](repeating: 0, count: SessionKind.allCases.count * reasons)
    /// How often something was still held that was said to be given back.
    package internal(set) var leaks = 0
    /// How often a patience was outstayed.
    package internal(set) var overdue = 0

    package init() {}

    package func opened(_ kind: SessionKind) -> Int { openedByKind[Int(kind.rawValue)] }

    package func closed(_ kind: SessionKind, _ reason: EndingReason) -> Int {
        closedByKindAndReason[Self.place(kind, reason)]
    }

    mutating func countOpened(_ kind: SessionKind) { openedByKind[Int(kind.rawValue)] += 1 }

    mutating func countClosed(_ kind: SessionKind, _ reason: EndingReason) {
        closedByKindAndReason[Self.place(kind, reason)] += 1
    }

    private static func place(_ kind: SessionKind, _ reason: EndingReason) -> Int {
        Int(kind.rawValue) * reasons + Int(reason.rawValue)
    }

    package static func + (left: SessionTotals, right: SessionTotals) -> SessionTotals {
        var sum = left
        for index in sum.openedByKind.indices { sum.openedByKind[index] += right.openedByKind[index] }
        for index in sum.closedByKindAndReason.indices {
            sum.closedByKindAndReason[index] += right.closedByKindAndReason[index]
        }
        sum.leaks += right.leaks
        sum.overdue += right.overdue
        return sum
    }
}
