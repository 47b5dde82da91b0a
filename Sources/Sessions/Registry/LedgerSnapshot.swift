/// What is held at one moment on one loop or on all. Tests want it *equal* to the baseline.
package struct LedgerSnapshot: Equatable, Sendable {
    /// How many sessions there are, by kind.
    package var sessions = [Int](repeating: 0, count: SessionKind.allCases.count)
    /// What these hold.
    package var held = Holdings.none
    /// How many outstayed their patience and are still not given back.
    package var strays = 0
    /// What these hold.
    package var strayed = Holdings.none
    /// What was still held by those who had said that all was given back; never grows smaller.
    package var leaked = Holdings.none
    /// The watches and timers that the loops themselves count, whoever has them.
    package var loops = Holdings.none

    package init() {}

    package func sessions(of kind: SessionKind) -> Int { sessions[Int(kind.rawValue)] }

    package static func + (left: LedgerSnapshot, right: LedgerSnapshot) -> LedgerSnapshot {
        var sum = left
        for index in sum.sessions.indices { sum.sessions[index] += right.sessions[index] }
        sum.held += right.held
        sum.strays += right.strays
        sum.strayed += right.strayed
        sum.leaked += right.leaked
        sum.loops += right.loops
        return sum
    }
}
