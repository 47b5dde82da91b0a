package import Loop

/// Finding one's place by how many bytes were spoken, for those who count nothing else, as readers of a terminal.
extension Log {
    /// Where a reader goes on that has had so many bytes.
    package struct SpokenPlace {
        package enum Loss: Equatable, Sendable {
            case none
            /// Bytes from where the reader was up to this one are no longer kept.
            case gap(to: UInt64)
            /// It says to have had more than was ever spoken: it knows another life of this. The stream goes on here.
            case reset(to: UInt64)
        }

        package let loss: Loss
        /// The last entry that it has: to be given to `attach`. Where that is 0, everything that is kept follows.
        package let after: UInt64
        /// What it does not have yet of that entry, to be given to it first.
        package let rest: [UInt8]
    }

    package func place(afterSpoken count: UInt64, on loop: isolated EventLoop) -> SpokenPlace {
        let begin = spoken(before: oldest)
        if count > spoken { return SpokenPlace(loss: .reset(to: begin), after: oldest - 1, rest: []) }
        if count < begin { return SpokenPlace(loss: .gap(to: begin), after: oldest - 1, rest: []) }
        let entry = plain.entry(afterSpoken: count)
        let had = Int(count - spoken(before: entry))
        guard had > 0, entry < end else { return SpokenPlace(loss: .none, after: entry - 1, rest: []) }
        var rest: [UInt8] = []
        for entry in plainSlice(from: entry, atMost: 0).entries {
            unsafe rest += entry.payload.dropFirst(had)
        }
        return SpokenPlace(loss: .none, after: entry, rest: rest)
    }

    /// How many bytes were spoken before entry `seq`, which is in memory or the next one.
    package func spoken(before seq: UInt64) -> UInt64 { plain.spoken(before: seq) }
}
