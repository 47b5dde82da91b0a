/// How long the silence of a peer is borne that says or takes nothing: whether an answer of it is awaited, and how often
/// its time began anew because the loop was away, and could not have heard it.
///
/// In one byte, since there are many connections at rest.
struct Silence {
    /// In a row. A loop that is late again and again keeps no dead peer for ever.
    private static let mostExcuses: UInt8 = 3
    private static let awaiting: UInt8 = 0x80

    private var bits: UInt8 = 0

    var awaitsAnswer: Bool {
        get { bits & Self.awaiting != 0 }
        set { bits = newValue ? bits | Self.awaiting : bits & ~Self.awaiting }
    }

    /// The peer gave a sign of life.
    mutating func broken() { bits &= Self.awaiting }

    /// Whether its time may begin once more.
    mutating func excuse() -> Bool {
        guard bits & ~Self.awaiting < Self.mostExcuses else { return false }
        bits += 1
        return true
    }
}
