import Loop

/// One state of one feed: which life of the feed, and its newest entry. Serves as an entity tag.
package struct FeedVersion: Hashable, Sendable, CustomStringConvertible {
    package let life: UInt64
    package let seq: UInt64

    /// A feed that is deleted and begun anew, or that a restarted server begins, is another life.
    package static func newLife() -> UInt64 { UInt64(Timestamp.now.milliseconds) << 8 | .random(in: 0..<256) }

    package init(life: UInt64, seq: UInt64) {
        self.life = life
        self.seq = seq
    }

    package init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let life = UInt64(parts[0], radix: 36), let seq = UInt64(parts[1]) else {
            return nil
        }
        self.init(life: life, seq: seq)
    }

    package var description: String { "\(String(life, radix: 36))-\(seq)" }
}

/// Which state a publisher wants a feed to be in.
package enum FeedCondition: Equatable, Sendable {
    case none
    /// It is there.
    case exists
    /// It is not there.
    case absent
    case oneOf([FeedVersion])

    /// - Parameter version: nil where there is no feed.
    func allows(_ version: FeedVersion?) -> Bool {
        switch self {
        case .none: true
        case .exists: version != nil
        case .absent: version == nil
        case .oneOf(let versions): version.map(versions.contains) ?? false
        }
    }
}
